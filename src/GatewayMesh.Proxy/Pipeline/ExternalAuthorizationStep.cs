using System.Globalization;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.ExternalAuthorization;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;
using Microsoft.Extensions.Primitives;

namespace GatewayMesh.Proxy.Pipeline;

/// <summary>
/// Asks the authorization service of the policy (<c>externalAuthorization</c>), where <see cref="AuthorizationFieldsStep"/> says so. Without
/// an answer the request is refused.
/// </summary>
/// <param name="client">Asks services.</param>
/// <param name="metrics">Counts outcomes.</param>
internal sealed class ExternalAuthorizationStep(AuthorizationClient client, MeshMetrics metrics) : IStep
{
    private static readonly AuthorizationAnswer Busy = AuthorizationAnswer.None("too many concurrent authorization requests");

    /// <inheritdoc/>
    public Verdict Take(Exchange exchange)
    {
        if (!exchange.AsksAuthorization)
        {
            return Verdict.Next;
        }

        var model = exchange.Route.Policy.ExternalAuthorization;
        return exchange.AuthorizationAnswer is { IsCompletedSuccessfully: true } asked
            ? Take(exchange, model, asked.Result)
            : Ask(exchange, model);
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

        if (sendsBody)
        {
            exchange.AuthorizationAnswer = AskWithBodyAsync(exchange, model, gate);
        }
        else if (gate.TryEnter(model.MaxConcurrent))
        {
            exchange.AuthorizationAnswer = client.AskAsync(exchange, model, gate, key, body: null);
        }
        else
        {
            return Take(exchange, model, Busy);
        }

        return Verdict.After(exchange.AuthorizationAnswer);
    }

    // The permit is taken once the body is there, so that slow uploads do not keep others from being asked for.
    private async Task<AuthorizationAnswer> AskWithBodyAsync(Exchange exchange, ExternalAuthorizationModel model, AuthorizationGate gate)
    {
        using var body = new AuthorizationBody(gate, (int)model.MaxBodySize);
        var error = await body.ReadAsync(exchange.Body, exchange.Time).ConfigureAwait(false);
        if (error.IsError)
        {
            return AuthorizationAnswer.None(error.Details ?? "") with { Error = error };
        }

        if (!gate.TryEnter(model.MaxConcurrent))
        {
            return Busy;
        }

        var content = body.Content;
        exchange.Body = new MemoryStream(content.Array!, content.Offset, content.Count, writable: false);
        return await client.AskAsync(exchange, model, gate, key: null, content).ConfigureAwait(false);
    }

    private Verdict Take(Exchange exchange, ExternalAuthorizationModel model, AuthorizationAnswer answer)
    {
        if (answer.Error.IsError)
        {
            return new Verdict(answer.Error, null);
        }

        var isOpen = answer.IsOutage && model.FailOpen;
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

    // All that the service sees, each list with its length: no two requests that differ have the same key.
    private UInt128 KeyOf(Exchange exchange, ExternalAuthorizationModel model) => AuthorizationGate.KeyOf(
    [
        model.Url,
        model.Service,
        model.Path,
        model.Method.ToString(),
        string.Join('\n', model.ResponseHeaders),
        exchange.Method,
        exchange.Host,
        exchange.Target.PathAndQuery,
        exchange.Scheme,
        client.Clients.Of(exchange).ToString(),
        .. model.RequestHeaders.SelectMany(name => KeyOf(name, exchange.Head.Fields[name])),
    ]);

    private static IEnumerable<string> KeyOf(string name, StringValues values) =>
        [name, values.Count.ToString(CultureInfo.InvariantCulture), .. values.Select(value => value ?? "")];
}
