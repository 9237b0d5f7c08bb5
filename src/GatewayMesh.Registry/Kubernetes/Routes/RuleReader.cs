using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Registry.Kubernetes.Objects;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>Reads the parts that rules of both kinds have: filters and backends. One reader for a route.</summary>
/// <param name="kind">Kind of the route.</param>
/// <param name="metadata">Metadata of the route.</param>
/// <param name="backends">Resolves references.</param>
internal sealed class RuleReader(RouteKind kind, ObjectMeta metadata, BackendResolver backends)
{
    private readonly List<RouteProblem> _references = [];

    /// <summary>Problems of references seen so far.</summary>
    public ImmutableArray<RouteProblem> References => [.. _references];

    /// <summary>Returns a rule without matches, and the first problem of its filters.</summary>
    /// <param name="index">Index of the rule.</param>
    /// <param name="filters">Filters of the rule.</param>
    /// <param name="references">Backends of the rule.</param>
    /// <param name="problem">First problem of the rule; null if there is none.</param>
    public MeshRouteRule Read(int index, RuleFilters filters, IReadOnlyList<BackendRef> references, ref RouteProblem? problem)
    {
        problem ??= filters.Problem;
        var read = ImmutableArray.CreateBuilder<MeshBackend>(references.Count);
        foreach (var reference in references)
        {
            read.Add(Backend(reference, ref problem));
        }

        if (filters.Redirect is not null && read.Count > 0)
        {
            problem ??= new RouteProblem(RouteProblem.IncompatibleFilters, "a redirect has no backends");
        }

        return new MeshRouteRule($"{BackendResolver.KindName(kind)} {metadata.Key}", index)
        {
            RequestHeaders = filters.RequestHeaders,
            ResponseHeaders = filters.ResponseHeaders,
            RequestRedirect = filters.Redirect,
            UrlRewrite = filters.Rewrite,
            Mirror = filters.Mirror is { } mirror ? MirrorOf(mirror) : null,
            Backends = read.ToImmutable(),
        };
    }

    /// <summary>Completes the rank of a match.</summary>
    public RuleRank Rank(int rule, int match, params ImmutableArray<int> criteria) => new(criteria)
    {
        Created = metadata.CreationTimestamp ?? DateTimeOffset.MaxValue,
        Route = metadata.Key.ToString(),
        Rule = rule,
        Match = match,
    };

    private MeshBackend Backend(BackendRef reference, ref RouteProblem? problem)
    {
        var filters = FilterReader.Read(reference.Filters, FilterReader.OfBackend);
        problem ??= filters.Problem;
        return Resolve(reference) with { RequestHeaders = filters.RequestHeaders, ResponseHeaders = filters.ResponseHeaders };
    }

    // A copy for a backend that does not exist is not made; the request itself is not affected.
    private MeshMirror? MirrorOf(MirrorFilter filter)
    {
        var share = filter switch
        {
            { Percent: { } percent } => percent / 100.0,
            { Fraction: { } fraction } => Math.Min(1, fraction.Numerator / (double)(fraction.Denominator ?? 100)),
            _ => 1,
        };
        return Resolve(filter.BackendRef) is { Fault: null } backend ? new MeshMirror(backend.Service, share) : null;
    }

    private MeshBackend Resolve(BackendRef reference)
    {
        var backend = backends.Resolve(reference, metadata.Namespace, kind, out var problem);
        if (problem is not null)
        {
            _references.Add(problem);
        }

        return backend;
    }
}
