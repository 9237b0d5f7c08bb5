namespace GatewayMesh.Fixtures.Otlp;

/// <summary>A span as a collector received it.</summary>
/// <param name="Resource">Attributes of the sending process.</param>
/// <param name="TraceId">Trace, 32 hex digits.</param>
/// <param name="SpanId">Span, 16 hex digits.</param>
/// <param name="ParentId">Parent, 16 hex digits; empty for a root.</param>
/// <param name="Name">Name.</param>
/// <param name="Kind">2 server, 3 client.</param>
/// <param name="Nanoseconds">Duration.</param>
/// <param name="Status">0 unset, 1 ok, 2 error.</param>
/// <param name="Attributes">Attributes.</param>
public sealed record OtlpSpan(
    IReadOnlyDictionary<string, object?> Resource,
    string TraceId,
    string SpanId,
    string ParentId,
    string Name,
    int Kind,
    long Nanoseconds,
    int Status,
    IReadOnlyDictionary<string, object?> Attributes);

/// <summary>A metric as a collector received it: one data point.</summary>
/// <param name="Resource">Attributes of the sending process.</param>
/// <param name="Name">Name.</param>
/// <param name="Type"><c>gauge</c>, <c>sum</c>, or <c>histogram</c>.</param>
/// <param name="Value">Value; of a histogram the count.</param>
/// <param name="Attributes">Attributes of the point.</param>
/// <param name="ExemplarTraces">Traces of the exemplars.</param>
public sealed record OtlpPoint(
    IReadOnlyDictionary<string, object?> Resource,
    string Name,
    string Type,
    double Value,
    IReadOnlyDictionary<string, object?> Attributes,
    IReadOnlyList<string> ExemplarTraces);

/// <summary>A log record as a collector received it.</summary>
/// <param name="Resource">Attributes of the sending process.</param>
/// <param name="Severity">Number of the severity: 9 info, 13 warning, 17 error.</param>
/// <param name="Body">Body.</param>
/// <param name="Attributes">Attributes.</param>
public sealed record OtlpLog(
    IReadOnlyDictionary<string, object?> Resource, int Severity, string Body, IReadOnlyDictionary<string, object?> Attributes);
