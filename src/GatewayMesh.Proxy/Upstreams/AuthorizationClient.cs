using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Proxy.Edge;
using GatewayMesh.Proxy.ExternalAuthorization;
using GatewayMesh.Proxy.Forwarding;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Asks authorization services: those with a URL over connections of its own, others as services of the mesh. An answer is bounded in size
/// and time, and its redirects are for the client.
/// </summary>
/// <param name="services">Asks services of the mesh.</param>
/// <param name="clients">Finds the addresses of clients.</param>
/// <param name="reach">Rules for addresses that policies name.</param>
/// <param name="time">The clock.</param>
internal sealed class AuthorizationClient(
    MeshQuestions services, ClientAddresses clients, Func<ReachRules> reach, TimeProvider time) : IDisposable
{
    /// <summary>Longest body of a denying answer: 64 KiB; a longer one is cut off, and the client receives none.</summary>
    public const int MaxAnswerBytes = 65_536;

    private const int MaxFields = 100;

    private readonly ConcurrentDictionary<string, AuthorizationGate> _gates = new(StringComparer.OrdinalIgnoreCase);
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 32,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = new PolicyConnector(reach).ConnectAsync,
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1, // field values are bytes (RFC 9110 §5.5), as they arrived
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    /// <summary>Finds the addresses of clients.</summary>
    public ClientAddresses Clients => clients;

    /// <summary>Returns the gate of a service.</summary>
    public AuthorizationGate GateOf(string service) => _gates.GetOrAdd(service, static (_, time) => new AuthorizationGate(time), time);

    /// <summary>Forgets the gates of services that are gone.</summary>
    public void Keep(Func<string, bool> isKnown)
    {
        foreach (var service in _gates.Keys.Where(service => !isKnown(service)))
        {
            _gates.TryRemove(service, out _);
        }
    }

    /// <summary>Asks the service of <paramref name="model"/>. Does not throw.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="model">Settings.</param>
    /// <param name="gate">Gate whose permit was taken; returned here.</param>
    /// <param name="key">Key for keeping an allowing answer; null to keep none.</param>
    /// <param name="body">Body of the question; null for none.</param>
    public Task<AuthorizationAnswer> AskAsync(
        Exchange exchange, ExternalAuthorizationModel model, AuthorizationGate gate, UInt128? key, ArraySegment<byte>? body)
    {
        var question = AuthorizationQuestion.Of(exchange, model, clients, body); // reads the request, so not on another thread
        var route = model.Service.Length > 0 ? new QuestionRoute(exchange, question, model) : null;
        return Task.Run(() => AskAsync(question, route, model, gate, key));
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<AuthorizationAnswer> AskAsync(
        AuthorizationQuestion question, QuestionRoute? route, ExternalAuthorizationModel model, AuthorizationGate gate, UInt128? key)
    {
        try
        {
            var answer = await AnswerOfAsync(question, route, model).ConfigureAwait(false);
            if (key is { } kept && answer.Outcome == AuthorizationOutcome.Allowed)
            {
                gate.Keep(kept, answer);
            }

            return answer.IsOutage && route is { IsChosenByClient: true } ? answer with { IsOutage = false } : answer;
        }
        finally
        {
            gate.Leave();
        }
    }

    private async Task<AuthorizationAnswer> AnswerOfAsync(
        AuthorizationQuestion question, QuestionRoute? route, ExternalAuthorizationModel model)
    {
        try
        {
            using var limit = new CancellationTokenSource(model.Timeout, time);
            return route is null
                ? await AskUrlAsync(question, model, limit.Token).ConfigureAwait(false)
                : await services.AskAsync(question, route, model, ReadAsync, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return AuthorizationAnswer.None("no answer in time", isOutage: true);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidOperationException)
        {
            return AuthorizationOutage.Is(failure) ? AuthorizationAnswer.None("no connection", isOutage: true)
                : failure.InnerException is AddressRefusedException refused ? AuthorizationAnswer.None(refused.Message)
                : ConnectFailedException.In(failure) is { } connect
                ? AuthorizationAnswer.None($"no connection: {ForwardingErrors.OfConnect(connect).Row.ProxyError}")
                : AuthorizationAnswer.None("no valid answer");
        }
    }

    private async Task<AuthorizationAnswer> AskUrlAsync(
        AuthorizationQuestion question, ExternalAuthorizationModel model, CancellationToken cancellation)
    {
        using var message = QuestionMessage.Of(question, model.Url);
        using var response = await _client.SendAsync(message, cancellation).ConfigureAwait(false);
        return await ReadAsync(response, model, cancellation).ConfigureAwait(false);
    }

    private static async Task<AuthorizationAnswer> ReadAsync(
        HttpResponseMessage response, ExternalAuthorizationModel model, CancellationToken cancellation)
    {
        var status = (int)response.StatusCode;
        var fields = new FieldTable();
        MessageFields.Read(response.Headers, fields);
        MessageFields.Read(response.Content.Headers, fields);
        if (status is >= 200 and < 300)
        {
            // They become fields of the request: what the next hop would refuse is no answer.
            ImmutableArray<Field> chosen =
                [.. model.ResponseHeaders.SelectMany(name => fields[name].Select(value => new Field(name, value ?? "")))];
            return chosen.All(static field => FieldSyntax.IsValid(field.Name, field.Value, isHttp2: false))
                ? new AuthorizationAnswer(AuthorizationOutcome.Allowed, chosen)
                : AuthorizationAnswer.None("a field with a malformed value");
        }

        if (status is < 300 or >= 500)
        {
            return AuthorizationAnswer.None($"status {status}", isOutage: status >= 500);
        }

        return new AuthorizationAnswer(
            AuthorizationOutcome.Denied,
            [],
            new LocalAnswer(status, Passed(fields), await BodyOfAsync(response, cancellation).ConfigureAwait(false)));
    }

    // The head alone denies: a body that breaks off or is slow changes nothing.
    private static async Task<ReadOnlyMemory<byte>> BodyOfAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var buffer = new byte[MaxAnswerBytes + 1];
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation)
                .ConfigureAwait(false);
            return length > MaxAnswerBytes ? default : buffer.AsMemory(0, length);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException)
        {
            return default;
        }
    }

    // What a client may see of the service's answer: no fields of the connection, the framing, or the mesh.
    private static ImmutableArray<Field> Passed(FieldTable fields)
    {
        var passed = ImmutableArray.CreateBuilder<Field>();
        var connection = fields[KnownField.Connection];
        foreach (var line in fields.Lines)
        {
            if (passed.Count < MaxFields
                && !HopByHop.Contains(line.Name, connection)
                && line.Known is not (KnownField.ContentLength or KnownField.TransferEncoding or KnownField.Date or KnownField.Via
                    or KnownField.ProxyStatus)
                && !MeshHeaders.IsMeshHeader(line.Name)
                && FieldSyntax.IsValid(line.Name, line.Value, isHttp2: false))
            {
                passed.Add(new Field(line.Name, line.Value));
            }
        }

        return passed.ToImmutable();
    }
}
