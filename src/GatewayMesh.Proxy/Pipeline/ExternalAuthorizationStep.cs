using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Proxy.Authorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.ExternalAuthorization;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Asks an authorization service if the policy has <c>externalAuthorization</c>, where tokens are verified (<see cref="JwtStep"/>). A request
/// that the ingress sends, as proven by its certificate, was asked for there. Without an answer the request is refused.
/// </summary>
/// <param name="client">Asks services.</param>
/// <param name="metrics">Counts outcomes.</param>
internal sealed class ExternalAuthorizationStep(AuthorizationClient client, MeshMetrics metrics) : IStep
{
    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        var model = exchange.Route.Policy.ExternalAuthorization;
        if (!model.IsOn
            || !(exchange.Behavior.AtTheEdge || exchange.Behavior.Authorizes || BareCallee.IsAhead(exchange))
            || (!exchange.Behavior.AtTheEdge && exchange.SpeaksOfClients && exchange.Caller.Verified))
        {
            return Verdict.Next;
        }

        if (exchange.AuthorizationAnswer is { IsCompletedSuccessfully: true } asked)
        {
            return Take(exchange, model, asked.Result);
        }

        foreach (var name in model.ResponseHeaders)
        {
            exchange.Head.Fields.RemoveWhere(field => IsForged(name, field.Name));
        }

        return Ask(exchange, model);
    }

    private Verdict Ask(Exchange exchange, ExternalAuthorizationModel model)
    {
        var sendsBody = model.MaxBodySize > 0 && exchange.Head.HasBody && !exchange.IsUpgrade;
        if (sendsBody && exchange.Head.ContentLength > model.MaxBodySize)
        {
            return Verdict.Fail(MeshErrorKind.RequestTooLarge, "longer than the authorization service reads");
        }

        if (sendsBody && exchange.Head.Fields.Contains(KnownField.Expect))
        {
            return Verdict.Fail(MeshErrorKind.ExpectationFailed, "the body is needed for the authorization");
        }

        var gate = client.GateOf(exchange.Destination ?? "");
        UInt128? key = model.Cache > TimeSpan.Zero && !sendsBody ? KeyOf(exchange, model) : null;
        if (key is { } known && gate.Find(known, model.Cache) is { } kept)
        {
            return Take(exchange, model, kept);
        }

        if (!gate.TryEnter(model.MaxConcurrent))
        {
            return Take(
                exchange, model, new AuthorizationAnswer(AuthorizationOutcome.Unavailable, [], Because: "too many concurrent questions"));
        }

        var pending = sendsBody
            ? AskWithBodyAsync(exchange, model, gate)
            : client.AskAsync(exchange, model, gate, key, body: null);
        exchange.AuthorizationAnswer = pending;
        return Verdict.After(pending);
    }

    private async Task<AuthorizationAnswer> AskWithBodyAsync(Exchange exchange, ExternalAuthorizationModel model, AuthorizationGate gate)
    {
        var body = new byte[(int)model.MaxBodySize + 1];
        int length;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), exchange.Time);
            length = await exchange.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            gate.Leave();
            return new AuthorizationAnswer(AuthorizationOutcome.Unavailable, [], Because: "the body did not arrive");
        }

        if (length > model.MaxBodySize)
        {
            gate.Leave();
            return new AuthorizationAnswer(AuthorizationOutcome.Denied, [], LocalAnswer.Empty(413), "the body is too large");
        }

        exchange.Body = new MemoryStream(body, 0, length, writable: false);
        return await client.AskAsync(exchange, model, gate, key: null, body[..length]).ConfigureAwait(false);
    }

    private Verdict Take(Exchange exchange, ExternalAuthorizationModel model, AuthorizationAnswer answer)
    {
        var isOpen = answer.Outcome == AuthorizationOutcome.Unavailable && model.FailOpen;
        metrics.CountAuthorization(Labels.Service(exchange.Destination), isOpen ? "failed_open" : answer.Outcome switch
        {
            AuthorizationOutcome.Allowed => "allowed",
            AuthorizationOutcome.Denied => "denied",
            _ => "unavailable",
        });
        if (isOpen)
        {
            return Verdict.Next;
        }

        if (answer.Outcome == AuthorizationOutcome.Allowed)
        {
            foreach (var field in answer.Fields)
            {
                exchange.Head.Fields.Add(field.Name, field.Value);
            }

            return Verdict.Next;
        }

        if (answer.Outcome == AuthorizationOutcome.Unavailable)
        {
            return Verdict.Fail(MeshErrorKind.ExternalAuthorizationUnavailable, answer.Because);
        }

        var error = new MeshError(MeshErrorKind.ExternalAuthorizationDenied);
        exchange.OwnAnswer = answer.Response is { } response && !exchange.IsGrpc
            ? response with { Fields = response.Fields.Insert(0, new Field(ProxyStatus.FieldName, ProxyStatus.Format(error))) }
            : null;
        return Verdict.Fail(MeshErrorKind.ExternalAuthorizationDenied);
    }

    private static bool IsForged(string name, string field) =>
        field.Equals(name, StringComparison.OrdinalIgnoreCase) || FieldLines.AreTwins(name, field);

    private static UInt128 KeyOf(Exchange exchange, ExternalAuthorizationModel model) => AuthorizationGate.KeyOf(
    [
        model.Url,
        model.Method.ToString(),
        string.Join('\n', model.ResponseHeaders),
        exchange.Method,
        exchange.Host,
        exchange.Target.PathAndQuery,
        exchange.InboundConnection.Peer.ToString(),
        .. model.RequestHeaders.SelectMany(name => exchange.Head.Fields[name].Prepend(name).Select(value => value ?? "")),
    ]);
}
