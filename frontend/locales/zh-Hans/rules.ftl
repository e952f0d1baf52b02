# 质量规则有什么问题，以及结果为何如此
rules-yaml = 不是有效的 YAML，第 { $line } 行第 { $column } 列：{ $reason }
rules-missing = 缺少此项。
rules-unknown-member = 这里没有“{ $member }”。可用的有：{ $allowed }。
rules-unknown-word = “{ $word }”不在可用的词之中：{ $known }。
rules-not-a = { $expected ->
    [object] 必须是映射。
    [list] 必须是列表。
    [some-list] 必须是非空列表。
    [text] 必须是文本。
    [flag] 必须是 true 或 false。
    [whole] 必须是非负整数。
    [number] 必须是数字。
    [limit] 必须是行数（10）或比例（0.5 %）。
    [span] 必须是时间长度（90 m、26 h、3 d）。
    [name] 必须是由字母、数字、“.”、“_”和“-”组成的名称，最多 100 个字符。
    [zone] 必须是时区名称。
    [pattern] 必须是不超过 1,024 字节的表达式。
   *[scalar] 必须是数字、文本或 true/false。
}
rules-one-of = 必须且只能给出其中一项：{ $members }。
rules-some-of = 至少要给出其中一项：{ $members }。
rules-not-for = 此项对“{ $check }”没有意义。
rules-empty-range = 下限高于上限，任何值都不会通过。
rules-twice = “{ $word }”出现了两次。
rules-too-much = 超过 { $limit }。
rules-sql = 无法理解这段 SQL：{ $reason }
rules-form = { $form ->
    [subquery] 这里不能使用子查询。
    [window] 这里不能使用窗口函数。
    [parameter] 这里不能使用参数。
    [recursive] 这里不能使用递归查询。
    [lock] 这里不能加锁。
    [statement] 这里只能写查询。
   *[other] 这里不能使用这种写法：{ $form }。
}
rules-function = 规则不能调用函数 { $function }。
rules-no-column = 没有字段“{ $column }”。
rules-no-dataset = 此数据源中没有数据集“{ $dataset }”。
rules-type = 此检查不适用于类型为 { $type } 的字段“{ $column }”。
rules-value = “{ $value }”不是类型 { $type } 的值。
rules-sides = 两边不对应：这边 { $left } 个字段，那边 { $right } 个。
rules-not-by-watermark = 此规则不能使用水位字段：已经统计过的行以后可能得出不同结果。
rules-why-failed = 数据源没有返回结果：{ $reason }
rules-why-not-run = 没有运行。
rules-why-no-value = 没有可以度量的值。
rules-why-not-a-number = “{ $value }”不是数字。
rules-why-infinite = 最新的值是无穷。
rules-why-nothing-earlier = 还没有更早的结果可以比较。
rules-why-unusual = { $value } 异常：根据此前的测量，预期在 { $low } 到 { $high } 之间。
rules-why-unusual-together = 最近几次的数值合起来异常，最后为 { $value }：单独一次在 { $low } 到 { $high } 之间并不异常。
rules-why-differences = { $number ->
    [1] 字段有一处不同。
   *[other] 字段有 { $number } 处不同。
}
rules-column-missing = 缺少字段“{ $column }”。
rules-column-unexpected = 没有预期字段“{ $column }”。
rules-column-type = 字段“{ $column }”的类型是 { $found }，预期是 { $expected }。
rules-column-order = 字段“{ $column }”在第 { $found } 位，预期在第 { $expected } 位。

# 除规则语言本身以外，登记册对规则的说明。
rule-custom-forbidden = 自写 SQL 可读取数据源账号能读的一切：只有可查看该数据源全部数据集取值的人才可编写。
rule-author-may-not = 其作者已不能查看该数据源的全部取值，因此不再执行其 SQL。请由有权的人重新编写。
rule-no-source = 没有可就此数据集查询的数据源。
rule-none = 这里没有可检查的规则。
rule-cron-wrong = “{ $text }”不是有效的计划：需要五个字段（分 时 日 月 星期），例如 0 4 * * *。
rule-zone-wrong = “{ $text }”不是时区，例如 Asia/Shanghai。
rule-owner-unknown = 没有人以“{ $name }”登录，也没有名为此的团队。
rule-of-hand = 这里已有人手工写了同名规则：请换一个名称，或先将其停用。
rule-of-file = 同名规则来自 { $origin }：请换一个名称。
rule-dataset-unknown = 没有数据源的数据集名为“{ $name }”。
rule-dataset-several = 有多个数据集名为“{ $name }”：请写得更完整，如 数据源.模式.数据集。
rule-no-tags = 此处的数据集没有标签，因此没有符合的数据集。请按名称选择。
rule-selects-none = 没有符合的数据集。
check-table-gone = 该账号在数据源中看不到表 { $name }。
check-rows-hidden = { $name } 的行级安全策略对数据源账号隐藏了部分行：只统计了其余的行。
incident-note-missing = 请简短说明。
incident-note-long = 超过 { $limit } 个字符。
incident-closed = 此事件已关闭：只能添加备注。
rule-saved = 已保存。
rule-run-asked = 即将检查规则。
rule-muted = 已静音。
rule-unmuted = 已取消静音。
rule-disabled = 已关闭：其计划不再生效。
rule-enabled = 已开启。
rule-retired = 已停用，其结果保留。
profile-asked = 即将对该数据集进行概况分析。
rule-saved-many = 规则已保存到 { $n } 个数据集。
rule-many-has = { $dataset } 已有规则 { $name }，请换一个名称。
rule-many-refuses = { $dataset } 不能使用它：
rule-name-stays = 规则的名称保持不变：其结果与名称相连。请以其他名称复制。
incident-mute-past = 这个时间已经过去。
rule-text-elsewhere = 文本针对 { $name }；此处编写的是 { $dataset } 的规则。
