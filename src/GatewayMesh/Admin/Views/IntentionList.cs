using System.Text.Json;
using GatewayMesh.Configuration.Intentions;

namespace GatewayMesh.Admin.Views;

/// <summary>The intentions in use, for <c>/config</c>, in order of precedence.</summary>
internal static class IntentionList
{
    internal static void Write(Utf8JsonWriter json, IntentionTable intentions)
    {
        json.WriteStartObject("intentions");
        json.WriteString("default", !intentions.IsKnown ? "unknown" : intentions.AllowsByDefault ? "allow" : "deny");
        json.WriteStartArray("rules");
        foreach (var rule in intentions.Rules)
        {
            json.WriteStringValue(
                $"{rule}: {rule.Declared.Action?.ToString().ToLowerInvariant() ?? $"{rule.Declared.Permissions.Length} permissions"}");
        }

        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in intentions.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
