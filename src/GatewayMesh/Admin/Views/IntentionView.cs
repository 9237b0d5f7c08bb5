using GatewayMesh.Admin.Documents;
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
        var document = new IntentionDocument { Method = asked.Method, Path = asked.Target };
        Decide(document, node, source, destination, asked);
        return AdminResponse.OfDocument(200, document, AdminJson.Default.IntentionDocument);
    }

    /// <summary>The decision about a call.</summary>
    internal static CheckedIntention Decide(MeshNode node, string source, string destination, IRequestFacts asked)
    {
        var decision = new CheckedIntention();
        Decide(decision, node, source, destination, asked);
        return decision;
    }

    /// <summary>Decision without an intention, as a word.</summary>
    internal static string DefaultOf(IntentionTable table) => !table.IsKnown ? "unknown" : table.AllowsByDefault ? "allow" : "deny";

    private static void Decide(CheckedIntention answer, MeshNode node, string source, string destination, IRequestFacts asked)
    {
        var table = node.Plane.Inspection.Snapshot.Intentions;
        var decision = table.Decide(source, destination, asked);
        answer.Source = source;
        answer.Destination = destination;
        answer.Allowed = decision.Allowed;
        answer.Because = decision.Because;
        answer.Cause = WordOf(decision.Cause);
        answer.Enforced = node.Bootstrap.Identity == IdentityMode.Mtls;
        answer.Default = DefaultOf(table);
        answer.Intention = decision.Rule is not { } rule ? null : new DecidingIntention
        {
            Source = rule.Source,
            Destination = rule.Destination,
            Precedence = rule.Precedence,
            Action = rule.Declared.Action?.ToString().ToLowerInvariant(),
            Permissions = rule.Declared.Permissions.Length,
            Description = rule.Declared.Description,
        };
        answer.Permission = decision.Permission >= 0 ? decision.Permission : null;
        answer.Notes = [.. table.Notes];
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
