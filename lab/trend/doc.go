// Package trend says whether a series of measurements rises: the slope of its
// least-squares line with the 95 % interval of it, its median and its spread.
//
// Guarantees: it is pure. The interval allows for samples that resemble the one before
// them, as those of a lag or of a memory do: it is as wide as that of the smaller number
// of independent samples which tell as much (n·(1−r)/(1+r), for residuals that follow
// each other with correlation r). Without that, a series that only wanders would be said
// to rise.
//
// Failure handling: of too few samples nothing follows. Such a line is not Known, and not
// flat.
package trend
