using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing.Reports;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.FeatureFlags;

/// <summary>
/// Reads the user and the groups of a request. A client outside the mesh could name any user, so a field of its request counts only if a
/// verified claim wrote it or, at a public listener, a trusted proxy. That holds also for a request that arrives from the ingress without a
/// decision.
/// </summary>
internal static class RequestSubject
{
    private const int MaxCharacters = 256;
    private const int MaxGroups = 64;

    /// <summary>Returns the subject of <paramref name="exchange"/> for a flag.</summary>
    public static FlagSubject Of(Exchange exchange, FeatureFlagEntry flag)
    {
        var draw = exchange.Draw ??= exchange.PeerHeaders.Draw ?? exchange.Mesh.Routes.Draw();
        return new FlagSubject(UserOf(Lines(exchange, flag.User)), GroupsOf(Lines(exchange, flag.Groups)), draw.Number);
    }

    /// <summary>Returns the subject of a request that is only described, and so has no verified token.</summary>
    public static FlagSubject Of(DescribedRequest request, FeatureFlagEntry flag, ulong sample) =>
        new(UserOf(Lines(request, flag.User)), GroupsOf(Lines(request, flag.Groups)), sample);

    private static StringValues Lines(Exchange exchange, FlagSubjectKey key) =>
        key.IsClaim ? new StringValues(exchange.Claims?.Find(key.Name))
        : IsTrusted(exchange, key.Name) ? exchange.Head.Fields[key.Name]
        : default;

    private static StringValues Lines(DescribedRequest request, FlagSubjectKey key) => key.IsClaim ? default : request.SubjectOf(key.Name);

    private static bool IsTrusted(Exchange exchange, string field) =>
        !exchange.SpeaksOfClients
        || (exchange.Behavior.AtTheEdge && exchange.InboundConnection.IsTrustedProxy)
        || Writes(exchange.Route.Policy.Jwt, field);

    // Fields of clients with these names were removed (ClaimFields).
    private static bool Writes(JwtModel jwt, string field)
    {
        if (jwt.IsOn)
        {
            foreach (var (name, _) in jwt.Forward)
            {
                if (name.Equals(field, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Two names are none: another reader could take the other one.
    private static string? UserOf(StringValues lines) =>
        lines is [{ Length: <= MaxCharacters } line] && line.Trim() is { Length: > 0 } user ? user : null;

    private static string[] GroupsOf(StringValues lines) =>
        lines.Count == 0 ? [] :
        [
            .. lines.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Where(group => group.Length <= MaxCharacters)
                .Take(MaxGroups),
        ];
}
