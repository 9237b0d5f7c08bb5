using System.Globalization;
using System.Text.Json;

namespace GatewayMesh.Fixtures.Otlp;

/// <summary>
/// Export requests in OTLP's JSON form, as records: names in camel case, IDs in hex, numbers of 64 bits as strings.
/// </summary>
internal static class OtlpJson
{
    public static IEnumerable<OtlpSpan> Spans(JsonElement request) =>
        from of in Items(request, "resourceSpans")
        let resource = Attributes(of.GetProperty("resource"))
        from scope in Items(of, "scopeSpans")
        from span in Items(scope, "spans")
        select new OtlpSpan(
            resource,
            Text(span, "traceId"),
            Text(span, "spanId"),
            Text(span, "parentSpanId"),
            Text(span, "name"),
            (int)Number(span, "kind"),
            Number(span, "endTimeUnixNano") - Number(span, "startTimeUnixNano"),
            span.TryGetProperty("status", out var status) ? (int)Number(status, "code") : 0,
            Attributes(span));

    public static IEnumerable<OtlpPoint> Points(JsonElement request) =>
        from of in Items(request, "resourceMetrics")
        let resource = Attributes(of.GetProperty("resource"))
        from scope in Items(of, "scopeMetrics")
        from metric in Items(scope, "metrics")
        from type in new[] { "gauge", "sum", "histogram" }
        where metric.TryGetProperty(type, out _)
        from point in Items(metric.GetProperty(type), "dataPoints")
        select new OtlpPoint(
            resource,
            Text(metric, "name"),
            type,
            point.TryGetProperty("asDouble", out var number) ? number.GetDouble()
                : Number(point, type == "histogram" ? "count" : "asInt"),
            Attributes(point),
            [.. Items(point, "exemplars").Select(exemplar => Text(exemplar, "traceId"))]);

    public static IEnumerable<OtlpLog> Logs(JsonElement request) =>
        from of in Items(request, "resourceLogs")
        let resource = Attributes(of.GetProperty("resource"))
        from scope in Items(of, "scopeLogs")
        from log in Items(scope, "logRecords")
        select new OtlpLog(
            resource, (int)Number(log, "severityNumber"), Any(log.GetProperty("body")) as string ?? "", Attributes(log));

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        of.TryGetProperty(name, out var list) ? list.EnumerateArray() : [];

    private static Dictionary<string, object?> Attributes(JsonElement of) =>
        Items(of, "attributes").ToDictionary(pair => Text(pair, "key"), pair => Any(pair.GetProperty("value")));

    private static object? Any(JsonElement value) =>
        value.TryGetProperty("stringValue", out var text) ? text.GetString()
        : value.TryGetProperty("boolValue", out var truth) ? truth.GetBoolean()
        : value.TryGetProperty("intValue", out _) ? Number(value, "intValue")
        : value.TryGetProperty("doubleValue", out var number) ? number.GetDouble()
        : null;

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    private static long Number(JsonElement of, string name) =>
        !of.TryGetProperty(name, out var value) ? 0
        : value.ValueKind == JsonValueKind.String ? long.Parse(value.GetString()!, CultureInfo.InvariantCulture)
        : value.GetInt64();
}
