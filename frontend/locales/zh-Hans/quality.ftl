# 质量：得分、规则、结果
layout-incidents = { $n ->
   *[other] 个未结事件
}
nav-quality = 质量
quality-text = 您可见的数据质量如何、哪里最差、哪些无人照看。
quality-failing-word = 未通过
quality-score-word = （满分 100）
quality-score = 得分
quality-score-today = 今日得分
quality-score-yesterday = 昨日 { $score }
quality-score-first = 昨日无数据
quality-of-failing = { $total } 条中 { $n } 条未通过
quality-of-warning = { $total } 条中 { $n } 条警告
quality-of-passing = { $n } 条通过
quality-of-unmeasured = { $n } 条尚无结果
quality-of-none = 尚无规则
quality-badge-failing = { $n } 条未通过
quality-badge-warning = { $n ->
   *[other] { $n } 条警告
}
quality-badge-passing = { $n ->
   *[other] { $n } 条规则通过
}
quality-badge-unmeasured = { $n ->
   *[other] { $n } 条规则，尚未运行
}
quality-badge-none = 无规则
quality-formula = 得分如何计算
quality-formula-figures = 得 { $earned } 分，满分 { $possible } 分
quality-formula-text = 规则按严重程度计分：低 1 分、中 2 分、高 3 分。通过或由约束保证时得全分，警告得一半，未通过不得分。没有结果、已静默或已停用的规则不计入。各维度按其规则计算，总分按全部规则计算。
quality-watch = 关注
quality-watching = 已关注
quality-run-all = 全部立即运行
quality-running = 正在检查规则
quality-empty = 此数据集还没有规则
quality-empty-text = 规则说明数据应满足什么；不满足时会通知相关人员。建议来自最近一次概况、键和约束。
quality-take-all = { $n ->
   *[other] 添加全部 { $n } 条建议规则
}
quality-suggested = 建议的规则
quality-suggested-from = 来自概况
quality-outside = 外部结果
quality-outside-text = 传入的 dbt 测试和 OpenLineage 断言
outside-from = 来自
outside-dbt = dbt 测试
outside-openlineage = OpenLineage
quality-all = 查看全部
quality-failing-now = 当前未通过
quality-nothing-fails = 全部通过
quality-nothing-fails-text = 在这些筛选条件下，您可见的规则没有未通过、出错或警告的。
quality-by-domain = 按域
quality-by-source = 按数据源
quality-group = 名称
quality-group-none = 还没有结果。
quality-trend = 30 天
quality-trend-said = 30 天得分，从 { $first } 到 { $last }
quality-failing = 未通过
quality-covered = 有规则
quality-downstream = 下游
quality-worst = 得分最低
quality-unowned = 没有负责人的规则
quality-unowned-none = 每条规则都有负责人。
quality-stale = 久未运行的规则
quality-stale-none = 每条规则都按时运行。
quality-coverage = 有规则的数据集，按依赖程度
quality-importance-many = 被 { $n } 个及以上数据集读取
quality-importance-some = 被一些数据集读取
quality-importance-none = 无数据集读取
rule = 规则
rules-title = 规则
rules-count = { $n ->
   *[other] { $n } 条规则
}
rules-failing-first = { $n } 条，未通过的在前
rules-find = 名称或字段的一部分
rules-empty = 还没有规则
rules-empty-text = 规则说明数据集应满足什么。打开数据集的“质量”页可查看为其建议的规则。
rules-nothing-text = 请减少筛选条件。
rule-add = 添加规则
rule-name = 规则
rule-column = 字段
rule-whole = 整个数据集
rule-dimension = 维度
rule-severity = 严重程度
rule-kind = 类型
rule-state = 状态
rule-value = 值
rule-bound = 界限
rule-runs = 最近 30 次
rule-all-runs = 运行记录
rule-next = 下次运行
rule-result = 结果
rule-measured = 测量时间
rule-measured-at = 测量于
rule-failing = 未通过的行
rule-until = 至
rule-held-by = 由{ $by } { $name } 保证
rule-next-now = 运行中或排队中
rule-next-update = 数据更新后
rule-next-request = 按需
rule-next-never = 无
rule-runs-part = { $verdict } { $n } 次
rule-runs-said = 最近 { $n } 次运行：{ $parts }
rule-runs-no = 尚未运行
rule-only-where = 仅限满足条件的行：
rule-failing-of = { $rows } 行中有 { $n } 行未通过。
rule-rows = 未通过的行
rule-rows-of = 未通过的行：{ $name }
rule-history = 历史
rule-history-of = 历史：{ $name }
rule-edit = 编辑规则
rule-look = 打开规则
rule-run = 立即运行
rule-mute = 静默至…
rule-mute-until = 截止时间
rule-mute-now = 静默
rule-unmute = 取消静默
rule-is-muted = 静默至
rule-correction = 修正语句
rule-correction-text = 可修正数据的 SQL，供复制。Cadastre 从不执行它。
rule-runs-empty = 没有运行记录
rule-runs-empty-text = 每次运行及其结果会出现在这里。
rule-due = 应运行于
rule-new-rows = 仅新增行
rule-started-by = 启动方式
rule-by-schedule = 按计划
rule-by-update = 数据集更新
rule-by-hand = 人工
rule-by-api = API
rule-by-catch-up = 停机后补运行
rule-said-times = 是平常值的 { $times } 倍。
rule-said-band-warns = 学习到的范围在 { $bound } 处就会警告。
rule-said-usual = 与平常一样，但仍超出界限。
rule-said-since = 自 { $since } 起未通过。
rule-said-watermark = 从 { $by } 起续计：新增 { $n } 行。
rule-said-row = 已连续 { $n } 次。
rule-state-failing = 未通过
rule-state-error = 出错
rule-state-warning = 警告
rule-state-passing = 通过
rule-state-held = 约束保证
rule-state-open = 尚无可比数据
rule-state-not-run = 尚未运行
rule-state-muted = 已静默
rule-state-disabled = 已停用
verdict-pass = 通过
verdict-warn = 警告
verdict-fail = 未通过
verdict-error = 出错
verdict-open = 无可比数据
verdict-missed = 错过
held-by-not-null = NOT NULL
held-by-primary-key = 主键
held-by-unique = 唯一约束
held-by-foreign-key = 外键
held-by-type = 类型
dimension-completeness = 完整性
dimension-uniqueness = 唯一性
dimension-validity = 有效性
dimension-accuracy = 准确性
dimension-consistency = 一致性
dimension-timeliness = 及时性
gravity-low = 低
gravity-medium = 中
gravity-high = 高
rule-kind-not-null = 非空
rule-kind-unique = 唯一
rule-kind-accepted = 允许值
rule-kind-range = 取值范围
rule-kind-length = 长度
rule-kind-pattern = 格式
rule-kind-castable = 可转换为类型
rule-kind-row-count = 行数
rule-kind-freshness = 新鲜度
rule-kind-references = 引用
rule-kind-compare = 字段比较
rule-kind-aggregates = 聚合比较
rule-kind-schema = 结构符合预期
rule-kind-metric = 指标
rule-kind-sql = 自定义 SQL
rule-kind-gap-free = 无间断
rule-measures-not-null = { $columns } 为空的行
rule-measures-unique = { $columns } 重复的行
rule-measures-accepted = { $columns } 不在允许值内的行
rule-measures-range = { $columns } 超出范围的行
rule-measures-length = { $columns } 长度不符的行
rule-measures-pattern = { $columns } 格式不符的行
rule-measures-castable = { $columns } 无法转换的行
rule-measures-row-count = 行数：{ $columns }
rule-measures-freshness = { $columns } 最新值距今
rule-measures-references = { $columns } 引用不存在的行
rule-measures-compare = { $columns } 不相符的行
rule-measures-aggregates = 左侧聚合：{ $columns }
rule-measures-schema = 结构差异：{ $columns }
rule-measures-metric = 指标：{ $columns }
rule-measures-sql = 查询返回的行：{ $columns }
rule-measures-gap-free = { $columns } 缺失的步
chart-learned = 学习范围
chart-learned-band = 学习到的范围
chart-bound = 界限
chart-least = 至少 { $bound }
chart-most = 失败 { $bound }
chart-usual = 平常
chart-nothing = 没有数值：尚未测量，或查看数值需要“查看概况”权限。
chart-as-table = 以表格查看
chart-said = { $from } 至 { $to } 共 { $n } 个值，介于 { $low } 和 { $high } 之间。最后一个：{ $last }，{ $verdict }。
band-why = { $n ->
   *[other] 范围为何在此，据 { $n } 天学习
}
band-not-yet = 尚未学习到范围
band-history = 依据 { $days } 天中的 { $points } 个值。
band-level = 水平为 { $level }。
band-trend = 每天变化 { $change }。
band-hour = { $hour } 时通常偏离水平 { $effect }。
band-weekday = { $weekday ->
    [0] 周一
    [1] 周二
    [2] 周三
    [3] 周四
    [4] 周五
    [5] 周六
   *[6] 周日
}通常偏离水平 { $effect }。
band-hour-of-week = { $weekday ->
    [0] 周一
    [1] 周二
    [2] 周三
    [3] 周四
    [4] 周五
    [5] 周六
   *[6] 周日
} { $hour } 时通常偏离水平 { $effect }。
band-calendar = 每月此日通常偏离水平 { $effect }。
band-echo = 上一个值的影响仍为 { $effect }。
band-step = 与前一个值的通常差距为 { $effect }。
band-aside = { $n } 个值作为离群值未计入。
band-shift = { $at } 水平由 { $from } 变为 { $to }。
band-wider-gap = 因上一个值已隔较久，范围放宽。
band-wider-new-level = 因水平刚刚变化，范围放宽。
band-wider-provisional = 因可能还有未知的周期，范围放宽。
band-wider-unseen = 因还没有见过这样的时刻或星期，范围放宽。
band-learning = 还需 { $points } 个值才有范围；在此之前不会告警。
band-provisional = 还需 { $days } 天才能了解各时刻和星期。
suggest-constraint = 约束 { $name } 如此规定。
suggest-never-empty = { $rows } 行中从未为空。
suggest-all-distinct = 值与行一样多：{ $rows }。
suggest-few-values = 只有 { $n } 个值。
suggest-range = 所有值介于 { $low } 和 { $high } 之间。
suggest-pattern = { $share } 的值符合格式：{ $pattern }。
suggest-row-count = 现有 { $rows } 行。
suggest-fresh = 最新值距今 { $age }。
cell-null = NULL
cell-masked = 已脱敏
rows-of = { $total } 行中的 { $n } 行。
rows-shown = { $n ->
   *[other] { $n } 行。
}
rows-read = 读取于
rows-masked = 脱敏字段在此仍然脱敏。
rows-withheld = 您无权查看此处的值：需要“查看数据值”权限。
rows-off = 此规则不保留未通过的行。
rows-none = 没有可显示的行。
confirm-retire-rule = 下线规则“{ $name }”？
confirm-retire = 下线
confirm-retire-runs = 不再运行，也不再计入任何得分。
confirm-retire-history = 至今的结果会保留，仍可查看。
confirm-retire-incidents = 仅由它保持未结的事件会关闭。
