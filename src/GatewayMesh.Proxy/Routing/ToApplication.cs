using System.Collections.Concurrent;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Snapshot;
using GatewayMesh.Proxy.LoadBalancing;

namespace GatewayMesh.Proxy.Routing;

/// <summary>Inbound and probe: resolves only the listener's application.</summary>
internal sealed class ToApplication(string node, TimeProvider time) : IRouteResolver
{
    private readonly ConcurrentDictionary<ListenerSpec, EndpointSet> _applications = [];

    /// <summary>The applications, for the admin.</summary>
    public IEnumerable<EndpointSet> Applications => _applications.Values;

    /// <inheritdoc/>
    public Route? Resolve(IRoutedRequest request)
    {
        var listener = request.InboundConnection.Listener;
        var mesh = request.Mesh.Snapshot;
        var service = mesh.Services.GetValueOrDefault(listener.Service ?? "");
        var policy = mesh.PolicyOf(listener.Service ?? "");
        if (!_applications.TryGetValue(listener, out var application)
            || application.Policy != policy
            || application.Protocol != ProtocolOf(listener, service))
        {
            application = _applications[listener] = Of(listener, policy, ProtocolOf(listener, service), application);
        }

        return new Route(application, TargetKind.Application);
    }

    /// <summary>Forgets a closed listener.</summary>
    public void Forget(string listener)
    {
        foreach (var spec in _applications.Keys.Where(spec => spec.Name == listener))
        {
            _applications.TryRemove(spec, out _);
        }
    }

    // This host's setting for its own application has precedence over the mesh's protocol for the service.
    private static string ProtocolOf(ListenerSpec listener, ServiceModel? service) =>
        listener.Protocol == "http" ? service?.Protocol ?? "http" : listener.Protocol;

    private EndpointSet Of(ListenerSpec listener, PolicyModel policy, string protocol, EndpointSet? before)
    {
        var service = listener.Service ?? listener.Name;
        var model = new EndpointModel(service, listener.Name, node, listener.Application!, Healthy: true);
        var state = before?.All[0] ?? new EndpointState(model, policy, time);
        state.Declare(model, policy);
        return new EndpointSet(service, policy, [state], protocol);
    }
}
