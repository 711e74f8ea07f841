-- The requests of package wrk: upserts of one row, or of several by /batch.
-- Arguments: write, rows, bytes of a value, keys, exponent, seed, rate.

local ffi = require("ffi")
local threads = {}

function setup(thread) table.insert(threads, thread) end

function init(args)
  write, rows, bytes = args[1], tonumber(args[2]), tonumber(args[3])
  keys, exponent, rate = tonumber(args[4]), tonumber(args[5]), tonumber(args[7])
  math.randomseed(tonumber(args[6]))
  local head = "Host: " .. wrk.host .. ":" .. wrk.port .. "\r\nContent-Length: "
  tail = " HTTP/1.1\r\n" .. head
  statuses = {} -- of the lines of batches
  if rows > 1 then
    request, response = batch, answer
  elseif write == "put" then
    request = put
  else
    request = incr
  end
  if rate > 0 then delay = pace end
end

-- pgbench's random_zipfian for exponents above 1: rejection after Devroye, Non-Uniform
-- Random Variate Generation, 1986, page 551.
local function zipf()
  local random, pow, floor = math.random, math.pow, math.floor
  local s = exponent - 1
  local b = pow(2, s)
  while true do
    local x = floor(pow(1 - random(), -1 / s))
    local t = pow(1 + 1 / x, s)
    if x <= keys and random() * x * (t - 1) / (b - 1) <= t / b then
      return string.format("%d", x)
    end
  end
end

local alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"

-- value is JSON: a number, or a string of the wanted size with its quotes.
local function value()
  local number = string.format("%d", math.random(0, 999999999))
  if bytes == 0 then return number end
  local filler = string.rep(alphabet, math.ceil(bytes / #alphabet))
  return '"' .. string.sub(number .. filler, 1, math.max(bytes - 2, 0)) .. '"'
end

function put()
  local body = value()
  return "PUT /profile/" .. zipf() .. tail .. #body .. "\r\n\r\n" .. body
end

function incr()
  return "POST /counter/" .. zipf() .. "/incr" .. tail .. "0\r\n\r\n"
end

function batch()
  local lines = {}
  for i = 1, rows do
    if write == "put" then
      lines[i] = '{"op":"profile.put","key":"' .. zipf() .. '","value":' .. value() .. "}\n"
    else
      lines[i] = '{"op":"counter.incr","key":"' .. zipf() .. '","by":1}\n'
    end
  end
  local body = table.concat(lines)
  return "POST /batch" .. tail .. #body .. "\r\n\r\n" .. body
end

-- answer counts the lines of a batch's answer by status.
function answer(status, _, body)
  if status ~= 200 then return end
  for s in string.gmatch(body, '"status":(%d+)') do
    statuses[s] = (statuses[s] or 0) + 1
  end
end

ffi.cdef [[
  typedef struct { long seconds, microseconds; } pangea_time;
  int gettimeofday(pangea_time *now, void *zone);
]]
local clock, due = ffi.new("pangea_time"), nil

-- pace is how many milliseconds a connection waits before its next request.
function pace()
  ffi.C.gettimeofday(clock, nil)
  local now = tonumber(clock.seconds) * 1000 + tonumber(clock.microseconds) / 1000
  due = (due or now) + 1000 / rate
  return math.max(0, math.floor(due - now))
end

-- done prints the one line that the package reads. wrk runs a single thread.
function done(summary, latency)
  local errors = summary.errors
  local writes, kinds = summary.requests - errors.status, {}
  for _, kind in ipairs({ "connect", "read", "write", "status", "timeout" }) do
    table.insert(kinds, string.format('"%s":%d', kind, errors[kind]))
  end
  if threads[1]:get("rows") > 1 then
    writes = 0
    for status, lines in pairs(threads[1]:get("statuses")) do
      if status == "200" then
        writes = lines
      else
        table.insert(kinds, string.format('"%s":%d', status, lines))
      end
    end
  end
  local quantiles = {}
  for _, p in ipairs({ 50, 90, 99, 99.9 }) do
    table.insert(quantiles, string.format("%d", latency:percentile(p)))
  end
  table.insert(quantiles, string.format("%d", latency.max))
  print(string.format('{"elapsed":%d,"requests":%d,"writes":%d,"errors":{%s},"latency":[%s]}',
    summary.duration, summary.requests, writes, table.concat(kinds, ","), table.concat(quantiles, ",")))
end
