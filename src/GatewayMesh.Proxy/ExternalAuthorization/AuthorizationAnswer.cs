using System.Collections.Immutable;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>Answer of an authorization service.</summary>
/// <param name="Outcome">Meaning of the answer.</param>
/// <param name="Fields">If allowed: fields for the application.</param>
/// <param name="Response">If denied: response for the client; otherwise null.</param>
/// <param name="Because">If there is no answer: the cause, for the log.</param>
internal sealed record AuthorizationAnswer(
    AuthorizationOutcome Outcome, ImmutableArray<Field> Fields, LocalAnswer? Response = null, string? Because = null)
{
    /// <summary>
    /// True if the service is down: no connection, no answer in time, or 5xx of its own. Only then <c>failOpen</c> lets the request pass; a
    /// failure that a client can cause is never a way around the service. Default: false.
    /// </summary>
    public bool IsOutage { get; init; }

    /// <summary>Error of the request itself, whose body did not arrive; the service was not asked. Default: none.</summary>
    public MeshError Error { get; init; }

    /// <summary>No answer of the service.</summary>
    /// <param name="because">The cause.</param>
    /// <param name="isOutage">True if the service is down. Default: false.</param>
    public static AuthorizationAnswer None(string because, bool isOutage = false) =>
        new(AuthorizationOutcome.Unavailable, [], Because: because) { IsOutage = isOutage };
}
