using System.Text.Json;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Admin.Views;

/// <summary>Registry records that this node ignores because their address must not be dialed.</summary>
internal static class RefusedRecords
{
    /// <summary>
    /// Maximum number of records in <c>/status</c> and <c>explain</c>: registry writers must not make the output endless.
    /// </summary>
    private const int Most = 20;

    /// <summary>Writes the first records as member <c>refused</c> of the open object, and their number as <c>refusedTotal</c>.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyCollection<RefusedRecord> records)
    {
        json.WriteNumber("refusedTotal", records.Count);
        json.WriteStartArray("refused");
        foreach (var record in records.Take(Most))
        {
            json.WriteStartObject();
            WriteMembers(json, record);
            json.WriteString("because", record.Fault.Sentence());
            json.WriteString("fix", record.Fault.Fix());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the records as items of <c>/endpoints</c>: no traffic, never healthy.</summary>
    internal static void WriteEndpoints(Utf8JsonWriter json, IEnumerable<RefusedRecord> records)
    {
        foreach (var record in records)
        {
            json.WriteStartObject();
            WriteMembers(json, record);
            json.WriteBoolean("healthy", false);
            json.WriteString("refused", record.Fault.Word());
            json.WriteEndObject();
        }
    }

    private static void WriteMembers(Utf8JsonWriter json, RefusedRecord record)
    {
        json.WriteString("service", record.Service);
        json.WriteString("id", record.Id);
        json.WriteString("node", record.Node);
        json.WriteString("address", record.Address.ToString());
    }
}
