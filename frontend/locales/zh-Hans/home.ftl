# 首页
home-start = 三步填满目录
home-start-text = 登记簿还是空的。这样来填充它。
home-start-next = 第一个数据源已登记。采集之后目录就有内容了。
home-start-last = 目录已有内容。接下来指定由谁负责。
home-start-source = 添加数据源
home-start-source-text = 登记一个数据库。只读取元数据，从不读取数据。
home-start-crawl = 采集
home-start-crawl-text = 模式、表和字段连同已有的注释一起出现。
home-start-owner = 指定负责人
home-start-owner-text = 说明谁对什么负责，并描述大家最常问到的内容。
home-start-done = 已完成
home-needs = 等您处理
home-needs-text = { $n ->
   *[other] 有 { $n } 件事等您处理。
}
home-needs-none = 没有等您处理的事。
home-need-failing = { $n ->
   *[other] { $n } 个数据源无法采集
}
home-need-uncrawled = { $n ->
   *[other] { $n } 个数据源从未采集
}
home-need-undescribed = { $n ->
   *[other] { $n } 个数据集没有说明
}
home-need-unowned = { $n ->
   *[other] { $n } 个数据集没有负责人
}
home-do-open = 打开
home-do-describe = 填写说明
home-do-own = 指定
home-changed = 最近变更
home-changed-none = 最近没有变更。
home-viewed = 最近查看
home-viewed-none = 您打开过的内容会显示在这里。
home-state = 登记簿状态
home-coverage = 覆盖率
home-coverage-none = 暂无可统计的内容。
home-coverage-described = 有说明的数据集
home-coverage-columns = 有说明的字段
home-coverage-owned = 有负责人的数据集
home-missing = 缺 { $n } 个
