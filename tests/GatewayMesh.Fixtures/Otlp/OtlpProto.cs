namespace GatewayMesh.Fixtures.Otlp;

/// <summary>Export requests in protobuf (opentelemetry-proto 1.x), as records.</summary>
internal static class OtlpProto
{
    public static IEnumerable<OtlpSpan> Spans(ReadOnlyMemory<byte> request) =>
        from of in new ProtoMessage(request).Messages(1)
        let resource = of.Message(1).Attributes(1)
        from span in of.Messages(2).SelectMany(scope => scope.Messages(2))
        select new OtlpSpan(
            resource,
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Text(5),
            (int)span.Number(6),
            (long)(span.Number(8) - span.Number(7)),
            (int)span.Message(15).Number(3),
            span.Attributes(9));

    public static IEnumerable<OtlpPoint> Points(ReadOnlyMemory<byte> request) =>
        from of in new ProtoMessage(request).Messages(1)
        let resource = of.Message(1).Attributes(1)
        from metric in of.Messages(2).SelectMany(scope => scope.Messages(2))
        from kind in new[] { (Type: "gauge", Field: 5), (Type: "sum", Field: 7), (Type: "histogram", Field: 9) }
        from point in metric.Message(kind.Field).Messages(1)
        let isHistogram = kind.Type == "histogram"
        select new OtlpPoint(
            resource,
            metric.Text(1),
            kind.Type,
            isHistogram ? point.Number(4) : point.Has(6) ? (long)point.Number(6) : point.Double(4),
            point.Attributes(isHistogram ? 9 : 7),
            [.. point.Messages(isHistogram ? 8 : 5).Select(exemplar => exemplar.Hex(5))]);

    public static IEnumerable<OtlpLog> Logs(ReadOnlyMemory<byte> request) =>
        from of in new ProtoMessage(request).Messages(1)
        let resource = of.Message(1).Attributes(1)
        from log in of.Messages(2).SelectMany(scope => scope.Messages(2))
        select new OtlpLog(resource, (int)log.Number(2), log.Message(5).Any() as string ?? "", log.Attributes(6));
}
