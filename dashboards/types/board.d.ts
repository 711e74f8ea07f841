// What a board of Grafana may say: its own types, but for two things. A JSON file has strings
// where they have enums, and they leave open what belongs to one type of panel.
import type { AnnotationQuery, Dashboard, GraphFieldConfig, OptionsWithLegend, OptionsWithTooltip, Panel } from '@grafana/schema'
import type { FieldConfig as TimelineFieldConfig, Options as TimelineOptions } from './node_modules/@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen'

type Plain<T> = T extends string ? `${T}` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T

interface Target {
  refId: string
  expr: string
  legendFormat?: string
  interval?: string
}

type Of<Type extends string, Options, Custom> = Plain<Omit<Panel, 'type' | 'options' | 'fieldConfig' | 'targets'>> & {
  type: Type
  options: Plain<Partial<Options>>
  fieldConfig: {
    defaults: Plain<Omit<NonNullable<Panel['fieldConfig']>['defaults'], 'custom'>> & { custom?: Plain<Partial<Custom>> }
    overrides: Plain<NonNullable<Panel['fieldConfig']>['overrides']>
  }
  targets: Target[]
}

export type Board = Plain<Omit<Dashboard, 'panels' | 'annotations'>> & {
  annotations: { list: Array<Plain<Omit<AnnotationQuery, 'target'>> & { titleFormat?: string; target: Target }> }
  panels: Array<
    Of<'timeseries', OptionsWithLegend & OptionsWithTooltip, GraphFieldConfig> |
    Of<'state-timeline', TimelineOptions, TimelineFieldConfig>
  >
}
