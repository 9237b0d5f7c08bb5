using System.Globalization;
using GatewayMesh.Configuration.Policies.ExternalAuthorization;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.ExternalAuthorization;
using GatewayMesh.Proxy.Identity;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;

namespace GatewayMesh.Proxy.Upstreams;

/// <summary>
/// Asks authorization services of the mesh, as any call of this node: by the service's routes, at an instance of the load balancer, over
/// mTLS with the identity of the listener. An instance that accepts no connection costs another try, all within the timeout of the
/// question.
/// </summary>
/// <param name="options">Options of the data plane.</param>
/// <param name="picker">Load balancing.</param>
/// <param name="upstreams">Connections to instances.</param>
/// <param name="identity">Identity shown to the service.</param>
/// <param name="demand">Asks the registry for instances that it does not watch; null if it watches all.</param>
internal sealed class MeshQuestions(
    DataPlaneOptions options, EndpointPicker picker, UpstreamPools upstreams, ICallerIdentity identity, ServiceDemand? demand)
{
    private const int MaxTries = 3;

    /// <summary>Sends the question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="route">Its route.</param>
    /// <param name="model">Settings.</param>
    /// <param name="read">Reads a response.</param>
    /// <param name="cancellation">End of the question's time.</param>
    /// <exception cref="HttpRequestException">The service did not answer.</exception>
    /// <exception cref="IOException">The service did not answer.</exception>
    /// <exception cref="OperationCanceledException">There was no answer in time.</exception>
    public async Task<AuthorizationAnswer> AskAsync(
        AuthorizationQuestion question,
        QuestionRoute route,
        ExternalAuthorizationModel model,
        Func<HttpResponseMessage, ExternalAuthorizationModel, CancellationToken, Task<AuthorizationAnswer>> read,
        CancellationToken cancellation)
    {
        var isFound = route.TryFind();
        if (demand is not null && route.Route.Instances is { IsDormant: true } dormant)
        {
            await demand.WaitAsync(dormant, route.Asked).WaitAsync(cancellation).ConfigureAwait(false);
            route.SwitchTo(demand.Mesh);
            isFound = route.TryFind();
        }

        if (!isFound)
        {
            return AuthorizationAnswer.None($"{model.Service} has no instance", isOutage: !route.IsMisconfigured);
        }

        route.Route.MarkUsed();
        var tried = default(TriedEndpoints);
        for (var tries = 1; ; tries++)
        {
            _ = picker.TryPick(route.Route.Instances, ref tried, out var lease);
            if (lease.Endpoint.IsBare && !MayCall(route))
            {
                lease.End(EndpointOutcome.Cancelled);
                return AuthorizationAnswer.None($"{identity.OwnNameFor(route)} may not call {model.Service}");
            }

            try
            {
                return await SendAsync(question, route, model, lease, read, cancellation).ConfigureAwait(false);
            }
            catch (Exception failure) when (
                ConnectFailedException.In(failure) is not null && tries < Math.Min(MaxTries, route.Route.Instances.All.Length))
            {
                // Nothing was sent: another instance may accept.
            }
        }
    }

    // The side of an instance without a sidecar cannot enforce intentions.
    private bool MayCall(QuestionRoute route) => !options.EnforcesIntentions || route.Mesh.Snapshot.Intentions.Decide(
        identity.OwnNameFor(route), route.Route.Instances.Service, route.Facts).Allowed;

    private async Task<AuthorizationAnswer> SendAsync(
        AuthorizationQuestion question,
        QuestionRoute route,
        ExternalAuthorizationModel model,
        EndpointLease lease,
        Func<HttpResponseMessage, ExternalAuthorizationModel, CancellationToken, Task<AuthorizationAnswer>> read,
        CancellationToken cancellation)
    {
        var kind = lease.Endpoint.IsBare ? TargetKind.BareInstance : TargetKind.MeshPeer;
        var peer = identity.PeerOf(route, kind, isGateway: false);
        var isHttp2 = route.Route.SpeaksHttp2;
        var upstream = upstreams.Rent(new UpstreamKey(
            identity.OwnNameFor(route),
            lease.Endpoint.Address,
            kind,
            isHttp2 ? WireProtocol.Http2 : WireProtocol.Http1,
            !isHttp2 && question.Body is not null,
            peer) { Datacenter = lease.Endpoint.Datacenter });
        var outcome = EndpointOutcome.Failed;
        try
        {
            using var message = QuestionMessage.Of(question, upstream.Prefix + route.Path, isHttp2);
            message.Options.Set(UpstreamConnector.ConnectTimeout, route.Route.Policy.Timeouts.Connect);
            message.Headers.Host = route.Route.Leaf?.Host ?? model.Service;
            if (kind == TargetKind.MeshPeer)
            {
                AddMeshFields(message, route, peer);
            }

            using var response = await upstream.Invoker.SendAsync(message, cancellation).ConfigureAwait(false);
            outcome = EndpointOutcome.Success;
            if (kind == TargetKind.MeshPeer
                && response.Headers.TryGetValues(ProxyStatus.FieldName, out var status)
                && ProxyStatus.TryRead(new([.. status]), out var error))
            {
                // An error of the mesh is no answer of the service, even if it has the status of a denial. It is rarely an outage: a client
                // can exhaust a limit of the service's sidecar, or start with a high hop count.
                outcome = EndpointOutcome.Alive;
                return AuthorizationAnswer.None($"the question was refused: {error.Row.Reason}", AuthorizationOutage.Is(error));
            }

            return await read(response, model, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            outcome = ConnectFailedException.In(failure) is not null ? EndpointOutcome.ConnectFailed
                : failure is OperationCanceledException ? EndpointOutcome.Cancelled
                : outcome;
            throw;
        }
        finally
        {
            lease.End(outcome);
            upstream.Release();
        }
    }

    private static void AddMeshFields(HttpRequestMessage message, QuestionRoute route, string? peer)
    {
        _ = message.Headers.TryAddWithoutValidation(MeshHeaders.Hops, route.Hops.ToString(CultureInfo.InvariantCulture));
        if (peer is null && route.Caller.Service.Length > 0)
        {
            _ = message.Headers.TryAddWithoutValidation(MeshHeaders.Source, route.Caller.Service);
        }
    }
}
