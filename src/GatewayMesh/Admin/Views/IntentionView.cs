using System.Text.Json;
using GatewayMesh.Admin.Http;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Intentions;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Nodes;

namespace GatewayMesh.Admin.Views;

/// <summary>
/// <c>/intentions/check?source=…&amp;destination=…[&amp;method=…&amp;path=…&amp;header=NAME:VALUE…]</c>: decision for a call and the
/// deciding intention.
/// </summary>
internal static class IntentionView
{
    internal static AdminResponse Check(MeshNode node, AdminRequest request)
    {
        if (request.QueryValue("source") is not { Length: > 0 } source
            || request.QueryValue("destination") is not { Length: > 0 } destination)
        {
            return AdminResponse.OfError(
                400, "usage", "add source and destination, for example /intentions/check?source=web&destination=payments");
        }

        var asked = AskedRequest.Of(request);
        return AdminResponse.OfJson(200, json =>
        {
            json.WriteStartObject();
            json.WriteString("method", asked.Method);
            json.WriteString("path", asked.Target);
            WriteDecision(json, node, source, destination, asked);
            json.WriteEndObject();
        });
    }

    /// <summary>Writes the decision as members of the open object.</summary>
    internal static void WriteDecision(Utf8JsonWriter json, MeshNode node, string source, string destination, IRequestFacts asked)
    {
        var table = node.Plane.Snapshot.Intentions;
        var decision = table.Decide(source, destination, asked);
        json.WriteString("source", source);
        json.WriteString("destination", destination);
        json.WriteBoolean("allowed", decision.Allowed);
        json.WriteString("because", decision.Because);
        json.WriteString("cause", WordOf(decision.Cause));
        json.WriteBoolean("enforced", node.Bootstrap.Identity == IdentityMode.Mtls);
        json.WriteString("default", !table.IsKnown ? "unknown" : table.AllowsByDefault ? "allow" : "deny");
        if (decision.Rule is { } rule)
        {
            json.WriteStartObject("intention");
            json.WriteString("source", rule.Source);
            json.WriteString("destination", rule.Destination);
            json.WriteNumber("precedence", rule.Precedence);
            json.WriteString("action", rule.Declared.Action?.ToString().ToLowerInvariant());
            json.WriteNumber("permissions", rule.Declared.Permissions.Length);
            json.WriteString("description", rule.Declared.Description);
            json.WriteEndObject();
        }

        if (decision.Permission >= 0)
        {
            json.WriteNumber("permission", decision.Permission);
        }

        json.WriteStartArray("notes");
        foreach (var note in table.Notes)
        {
            json.WriteStringValue(note);
        }

        json.WriteEndArray();
    }

    private static string WordOf(IntentionCause cause) => cause switch
    {
        IntentionCause.Unknown => "unknown",
        IntentionCause.Default => "default",
        IntentionCause.NoPermission => "no-permission",
        IntentionCause.Permission => "permission",
        _ => "intention",
    };
}
