# 读取事件、产物和配置时附带的说明
intake-missing = 缺少此项。
intake-not-a = { $expected ->
    [object] 必须是对象。
    [list] 必须是列表。
    [text] 必须是文本。
    [whole] 必须是整数。
    [number] 必须是数字。
    [flag] 必须是 true 或 false。
    [uuid] 必须是 UUID。
    [time] 必须是带时区的时间（RFC 3339）。
    [uri] 必须是绝对 URI。
    [utf8] 必须是 UTF-8 文本。
   *[json] 必须是 JSON。
}
intake-unknown-word = “{ $word }”不在可用的词之中：{ $known }。
intake-not-together = 不能与“{ $other }”同时出现。
intake-too-much = 超过 { $limit }。
intake-unknown-type = 类型“{ $word }”未知，因此不知道它读取或写入什么。
intake-not-understood = 从设置中看不出它读取或写入什么。
intake-not-declared = “{ $word }”没有声明。
intake-not-used = 已声明，但没有被使用。
intake-stray = 在这里没有意义。
intake-set-twice = 重复设置，以最后一个为准。
intake-dynamic = 名称取决于运行中的作业才知道的内容。
intake-pattern = 从这段文本看不出是哪些表。
intake-not-compiled = 没有编译，因此不知道它的字段。
intake-only-compiled = “{ $command }”只编译、不运行：没有运行记录，也没有测试结果。
intake-unknown-version = 版本 { $version } 未知，按已知的最新版本读取。
intake-unreadable = 无法读取：{ $reason }
