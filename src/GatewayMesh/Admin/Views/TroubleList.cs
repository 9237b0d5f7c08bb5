using System.Text.Json;
using GatewayMesh.Troubles;

namespace GatewayMesh.Admin.Views;

/// <summary>The troubles in <c>/status</c>.</summary>
internal static class TroubleList
{
    private const int Most = 100;

    /// <summary>Writes the array <c>troubles</c>. A long list is cut to the longest-lasting troubles.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<OpenTrouble> open)
    {
        json.WriteStartArray("troubles");
        foreach (var (trouble, duration) in open.Take(Most))
        {
            json.WriteStartObject();
            json.WriteString("kind", trouble.Word);
            json.WriteString("service", trouble.Service);
            json.WriteString("instance", trouble.Instance);
            json.WriteString("node", trouble.Node);
            json.WriteString("address", trouble.Address);
            json.WriteString("reason", trouble.Reason);
            json.WriteNumber("seconds", Math.Round(duration.TotalSeconds, 1));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
