# 事件
incident = 事件
incidents-title = 事件
incidents-text = 一起未通过的规则，直到重新通过或有人宣布结束。
incidents-count = { $n ->
   *[other] { $n } 个事件
}
incidents-open = 未结事件
incidents-empty = 没有事件
incidents-empty-text = 规则未通过时会产生事件。已结束的可按状态筛选。
incident-state-open = 未处理
incident-state-acknowledged = 已确认
incident-state-muted = 已静默
incident-state-resolved = 已解决
incident-rules = { $n ->
   *[other] { $n } 条规则未通过。
}
incident-rules-on = { $n ->
   *[other] { $columns } 上有 { $n } 条规则未通过。
}
incident-rules-head = 规则
incident-rules-title = 相关规则
incident-rules-none = 您看不到其中的规则。
incident-first = 首次出现
incident-last = 最近出现
incident-since = 自
incident-there = 那里的事件
incident-assignee = 处理人
incident-nobody = 无人
incident-by-nobody = 尚无人确认。
incident-acknowledged = 确认于
incident-assigned-to = 已指派给
incident-muted-until = 静默至
incident-acknowledge = 确认
incident-assign = 指派
incident-assign-to = 指派给（登录名）
incident-cause = { $n ->
   *[other] 可能原因，上游 { $n } 跳
}
incident-cause-title = 可能原因
incident-cause-none = 就您可见的范围，上游此前没有未通过的。
incident-in-lineage = 血缘
incident-impact = 下游影响
incident-impact-all = 全部 { $n } 个
incident-impact-more = 还有 { $n } 个
incident-impact-none = 就您可见的范围，没有数据集读取它。
incident-owners = { $n ->
   *[other] { $n } 位负责人
}
incident-about = 关于此事件
incident-timeline = 经过
incident-note = 备注
incident-note-hint = 所有可见此事件的人都能看到。支持 Markdown
incident-note-add = 添加备注
incident-mute = 静默
incident-mute-hint = 在此之前不再通知；规则继续运行
incident-resolve = 解决
incident-resolve-hint = 规则再次未通过时会重新出现
incident-related = 相关事件
incident-end-passed = 其规则全部通过
incident-end-retired = 其规则已下线
incident-end-gone = 其数据集已不存在
incident-said = 已解决：{ $text }
incident-event-opened = 产生：{ $rule } 未通过
incident-event-failed = { $rule } 未通过，{ $value }
incident-event-passed = { $rule } 通过
incident-event-acknowledged = 已确认
incident-event-assigned = 指派给 { $name }
incident-event-unassigned = 取消指派
incident-event-muted = 静默至 { $until }
incident-event-unmuted = 取消静默
incident-event-note = 备注
incident-event-severity = 严重程度变为{ $severity ->
    [low] 低
    [medium] 中
   *[high] 高
}
incident-event-told = 已通知 { $n } 人
incident-event-resolved = 已解决
cause-rules = { $n } 条规则未通过
cause-incident = { $incident } 未结
cause-schema = { $column }：{ $what }
cause-run = { $job } 的运行失败
cause-value = { $column } 为 { $share }
cause-late = 未写入
cause-here = 本数据集
cause-why = 上游 { $hops } 跳处更早未通过，且在通往此处的路径上。
