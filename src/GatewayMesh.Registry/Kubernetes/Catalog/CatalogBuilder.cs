using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Nodes;
using GatewayMesh.Registry.Kubernetes.Objects;

namespace GatewayMesh.Registry.Kubernetes.Catalog;

/// <summary>
/// Keeps the catalog up to date. A change of a Service or slice compiles only its Service; all others keep their objects. For one thread
/// at a time.
/// </summary>
/// <param name="place">Place of this node.</param>
/// <param name="space">Namespace of this node.</param>
internal sealed class CatalogBuilder(NodePlace place, string space)
{
    private readonly Dictionary<ObjectKey, KnownService> _services = [];
    private readonly Dictionary<ObjectKey, KnownSlice> _slices = [];
    private readonly Dictionary<ObjectKey, List<KnownSlice>> _slicesOf = [];
    private readonly SortedDictionary<ObjectKey, CompiledService> _compiled = new(KeyOrder);
    private readonly HashSet<ObjectKey> _changed = [];
    private ImmutableArray<DiscoveredGateway> _gateways = [];
    private ServiceCatalog? _last;
    private ImmutableArray<ConfigError>? _problems;

    /// <summary>For tests: number of Services compiled so far.</summary>
    internal int Compilations { get; private set; }

    // By name, then namespace: the order of the catalog does not depend on the order of changes.
    private static Comparer<ObjectKey> KeyOrder { get; } = Comparer<ObjectKey>.Create(
        static (left, right) => string.CompareOrdinal(left.Name, right.Name) is not 0 and var name ? name
            : string.CompareOrdinal(left.Namespace, right.Namespace));

    /// <summary>Problems of single Services; they do not affect others.</summary>
    public ImmutableArray<ConfigError> Problems => _problems ??=
    [
        .. from compiled in _compiled
           from problem in compiled.Value.Problems
           select new ConfigError(
               SourceLocation.Option($"kubernetes:service/{compiled.Key}"),
               "",
               problem,
               "calls to this port are answered 503; call it directly, not through the mesh"),
    ];

    /// <summary>Sets a Service.</summary>
    /// <param name="key">Namespace and name.</param>
    /// <param name="service">The Service; null if it is gone.</param>
    public void SetService(ObjectKey key, KnownService? service)
    {
        if (service is null)
        {
            _ = _services.Remove(key);
        }
        else
        {
            _services[key] = service;
        }

        _ = _changed.Add(key);
    }

    /// <summary>Sets an EndpointSlice.</summary>
    /// <param name="key">Namespace and name of the slice.</param>
    /// <param name="slice">The slice; null if it is gone.</param>
    public void SetSlice(ObjectKey key, KnownSlice? slice)
    {
        if (_slices.Remove(key, out var before))
        {
            var others = _slicesOf[before.Service];
            _ = others.Remove(before);
            if (others.Count == 0)
            {
                _ = _slicesOf.Remove(before.Service);
            }

            _ = _changed.Add(before.Service);
        }

        if (slice is not null)
        {
            _slices[key] = slice;
            if (!_slicesOf.TryGetValue(slice.Service, out var all))
            {
                _slicesOf[slice.Service] = all = [];
            }

            all.Add(slice);
            _ = _changed.Add(slice.Service);
        }
    }

    /// <summary>The catalog; the same object as before if nothing of it has changed.</summary>
    public ServiceCatalog Build()
    {
        var differs = _last is null;
        foreach (var key in _changed)
        {
            differs |= key == GatewayService.Key ? CompileGateways() : Compile(key);
        }

        _changed.Clear();
        if (differs)
        {
            _problems = null;
            _last = new ServiceCatalog([.. _compiled.Values.SelectMany(compiled => compiled.Services)], _gateways) { Namespace = space };
        }

        return _last!;
    }

    private bool Compile(ObjectKey key)
    {
        if (!_services.TryGetValue(key, out var service))
        {
            return _compiled.Remove(key);
        }

        Compilations++;
        var compiled = ServiceCompiler.Compile(service, _slicesOf.GetValueOrDefault(key) ?? [], place);
        if (_compiled.TryGetValue(key, out var before) && before.IsSame(compiled))
        {
            return false;
        }

        _compiled[key] = compiled;
        return true;
    }

    private bool CompileGateways()
    {
        var gateways = GatewayService.Gateways(_slicesOf.GetValueOrDefault(GatewayService.Key) ?? [], place);
        if (gateways.AsSpan().SequenceEqual(_gateways.AsSpan()))
        {
            return false;
        }

        _gateways = gateways;
        return true;
    }
}
