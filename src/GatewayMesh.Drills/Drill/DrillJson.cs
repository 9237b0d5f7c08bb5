using System.Text;
using System.Text.Json;
using GatewayMesh.Drills.Faults;

namespace GatewayMesh.Drills.Drill;

/// <summary>JSON report of a drill: one object per line, times in milliseconds.</summary>
internal static class DrillJson
{
    /// <summary>Writes the object of one drill.</summary>
    public static string Of(DrillResult result)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            Write(json, result);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter json, DrillResult result)
    {
        var load = result.Load;
        json.WriteStartObject();
        json.WriteString("fault", result.Spec.Fault.Word());
        json.WriteBoolean("held", result.Broken.IsEmpty);
        json.WriteString("promise", Promises.Of(result.Spec.Fault));
        Strings(json, "broken", result.Broken);
        json.WriteNumber("sent", load.Sent);
        json.WriteNumber("ok", load.Ok);
        json.WriteNumber("failed", load.Failed);
        json.WriteNumber("refused", load.Refused);
        json.WriteNumber("lost", load.Lost);
        json.WriteNumber("timedOut", load.TimedOut);
        json.WriteNumber("serverErrors", load.ServerErrors);
        json.WriteNumber("clientErrors", load.ClientErrors);
        json.WriteNumber("replayed", load.Replayed);
        json.WriteNumber("waited", load.Waited);
        json.WriteNumber("throughGateway", load.ThroughGateway);
        json.WriteNumber("connections", result.Spec.Load.Connections);
        json.WriteNumber("rate", result.Spec.Load.Rate);
        json.WriteStartObject("latencyMs");
        json.WriteNumber("p50", load.Latency.P50);
        json.WriteNumber("p90", load.Latency.P90);
        json.WriteNumber("p99", load.Latency.P99);
        json.WriteNumber("max", load.Latency.Max);
        json.WriteEndObject();
        json.WriteNumber("faultAtMs", load.FaultAtMs);
        Number(json, "firstSuccessMs", load.FirstSuccessMs);
        json.WriteNumber("longestGapMs", load.LongestGapMs);
        Number(json, "failBackMs", load.StillCarried ? null : load.FailBackMs);
        json.WriteBoolean("stillCarried", load.StillCarried);
        Number(json, "servedAfterReturnMs", result.ServedAfterReturnMs);
        json.WriteNumber("slowestRefusalMs", result.SlowestRefusalMs);
        json.WriteNumber("leases", result.Watch.Leases);
        json.WriteNumber("restarts", result.Watch.Restarts);
        json.WriteNumber("kills", result.Watch.Kills);
        Strings(json, "notes", result.Trace.Notes);
        json.WriteStartArray("paths");
        foreach (var (via, count) in load.Paths)
        {
            json.WriteStartObject();
            json.WriteString("via", via);
            json.WriteNumber("answers", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("changes");
        foreach (var change in result.Watch.Changes)
        {
            json.WriteStartObject();
            json.WriteNumber("atMs", change.At / 1000.0);
            json.WriteString("tier", change.Tier);
            json.WriteString("lease", change.Lease);
            Number(json, "guard", change.Guard);
            Number(json, "worker", change.Worker);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Series(json, result);
        json.WriteEndObject();
    }

    // Columns instead of objects: 150 windows of four numbers each.
    private static void Series(Utf8JsonWriter json, DrillResult result)
    {
        json.WriteStartObject("seriesBy100Ms");
        Column(json, "ok", result.Load.Series.Select(window => window.Ok));
        Column(json, "failed", result.Load.Series.Select(window => window.Failed));
        Column(json, "throughGateway", result.Load.Series.Select(window => window.ThroughGateway));
        json.WriteEndObject();
    }

    private static void Column(Utf8JsonWriter json, string name, IEnumerable<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value)
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
