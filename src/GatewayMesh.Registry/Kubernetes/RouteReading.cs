using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Registry.Kubernetes.Api;
using GatewayMesh.Registry.Kubernetes.Catalog;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;
using GatewayMesh.Registry.Kubernetes.Routes;
using GatewayMesh.Registry.Kubernetes.Watching;

namespace GatewayMesh.Registry.Kubernetes;

/// <summary>Follows the routes of the Gateway API and translates them. A cluster may have none of their kinds.</summary>
internal sealed class RouteReading
{
    private readonly ObjectWatch<HttpRoute, HttpRoute> _http;
    private readonly ObjectWatch<GrpcRoute, GrpcRoute> _grpc;
    private readonly EntrySet _none;
    private readonly string _space;
    private (ObjectSet<HttpRoute> Http, ObjectSet<GrpcRoute> Grpc, ObjectSet<KnownService> Services)? _read;
    private EntrySet _entries;

    /// <summary>Creates the reading; the caller runs its watches.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="space">Namespace of the applications of this node; empty: none.</param>
    /// <param name="options">Creates the settings of a watch.</param>
    public RouteReading(ApiClient client, string space, Func<ObjectWatchOptions> options)
    {
        _space = space;
        _entries = _none = EntrySet.Empty with { MeshRoutes = new() { Namespace = space } };
        _http = new(client, KubernetesResources.HttpRoutes, ApiSelection.All, route => route, options());
        _grpc = new(client, KubernetesResources.GrpcRoutes, ApiSelection.All, route => route, options());
    }

    /// <summary>The watches.</summary>
    public ImmutableArray<IObjectWatch> Watches => [_http, _grpc];

    /// <summary>
    /// Kinds that this account may not read. (A kind that is not installed is no problem: a cluster without the Gateway API has no routes.)
    /// </summary>
    public IEnumerable<ConfigError> Denials(string name) =>
        from watch in Watches
        where watch.Report is { State: WatchState.Absent, Trouble: { } trouble } && trouble.StartsWith("403", StringComparison.Ordinal)
        select new ConfigError(SourceLocation.Option(name), "", watch.Report.Trouble!, "until then routes of this kind have no effect");

    /// <summary>The entries; the same object as before while no route and no Service has changed.</summary>
    public EntrySet Entries(ObjectSet<KnownService> services)
    {
        var now = (Http: _http.Current, Grpc: _grpc.Current, Services: services);
        if (_read is { } before
            && ReferenceEquals(before.Http, now.Http)
            && ReferenceEquals(before.Grpc, now.Grpc)
            && (_entries == _none || ReferenceEquals(before.Services, now.Services)))
        {
            return _entries;
        }

        _read = now;
        return _entries = now.Http.Count + now.Grpc.Count == 0 ? _none : EntrySet.Empty with
        {
            MeshRoutes = MeshRoutes.Translate(
                new RouteObjects
                {
                    Namespace = _space,
                    Services = [.. services.Select(each => ServiceOf(each.Value))],
                    HttpRoutes = [.. now.Http.Select(each => each.Value)],
                    GrpcRoutes = [.. now.Grpc.Select(each => each.Value)],
                }).Routes,
        };
    }

    private static MeshService ServiceOf(KnownService service) => new(service.Key.Namespace, service.Key.Name)
    {
        IsHeadless = service.Alias is null && service.Addresses.IsEmpty,
        IsExternalName = service.Alias is not null,
        Ports = [.. service.Ports.Select(port => new MeshServicePort(port.Number, port.Name) { AppProtocol = port.AppProtocol })],
    };
}
