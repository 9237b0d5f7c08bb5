using System.Text.Json;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Configuration.Snapshot;

namespace GatewayMesh.Roles;

/// <summary>Records of the registry that this node does not follow, because their address is one that it never dials.</summary>
internal static class RefusedRecords
{
    /// <summary>Records that <c>/status</c> and <c>explain</c> show: whoever writes to the registry must not make them endless.</summary>
    private const int Most = 20;

    /// <summary>Writes the first of them as member <c>refused</c> of an object that is open, and how many there are as <c>refusedTotal</c>.</summary>
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

    /// <summary>Writes them as items of <c>/endpoints</c>: no traffic, never healthy.</summary>
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
