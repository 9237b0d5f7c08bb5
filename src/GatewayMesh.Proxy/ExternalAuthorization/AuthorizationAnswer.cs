using System.Collections.Immutable;
using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.ExternalAuthorization;

/// <summary>Answer of an authorization service.</summary>
/// <param name="Outcome">Meaning of the answer.</param>
/// <param name="Fields">If allowed: fields for the application.</param>
/// <param name="Response">If denied: response for the client; otherwise null.</param>
/// <param name="Because">If there is no answer: the cause, for the log.</param>
internal sealed record AuthorizationAnswer(
    AuthorizationOutcome Outcome, ImmutableArray<Field> Fields, LocalAnswer? Response = null, string? Because = null);
