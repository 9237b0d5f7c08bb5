using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Registry.Kubernetes.Objects.Routes;

namespace GatewayMesh.Registry.Kubernetes.Routes;

/// <summary>
/// Reads filters. A filter that is not supported is a problem and never skipped: an application may rely on it.
/// </summary>
internal static class FilterReader
{
    private const string RequestHeaders = "RequestHeaderModifier";
    private const string ResponseHeaders = "ResponseHeaderModifier";
    private const string Mirror = "RequestMirror";
    private const string Redirect = "RequestRedirect";
    private const string Rewrite = "URLRewrite";

    /// <summary>Filters of an HTTPRoute's rule.</summary>
    public static ImmutableArray<string> OfHttp { get; } = [RequestHeaders, ResponseHeaders, Mirror, Redirect, Rewrite];

    /// <summary>Filters of a GRPCRoute's rule.</summary>
    public static ImmutableArray<string> OfGrpc { get; } = [RequestHeaders, ResponseHeaders, Mirror];

    /// <summary>Filters of a backend.</summary>
    public static ImmutableArray<string> OfBackend { get; } = [RequestHeaders, ResponseHeaders];

    /// <summary>Reads <paramref name="filters"/>.</summary>
    /// <param name="filters">Filters, in order.</param>
    /// <param name="supported">Supported types.</param>
    public static RuleFilters Read(IReadOnlyList<RouteFilter> filters, ImmutableArray<string> supported)
    {
        var read = new RuleFilters();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var filter in filters)
        {
            if (!supported.Contains(filter.Type))
            {
                return read with { Problem = RouteProblem.Unsupported($"the filter {filter.Type} is not supported here") };
            }

            if (!seen.Add(filter.Type))
            {
                return read with
                {
                    Problem = filter.Type == Mirror
                        ? RouteProblem.Unsupported("requests can be copied to one backend only")
                        : new RouteProblem(RouteProblem.IncompatibleFilters, $"the filter {filter.Type} stands more than once"),
                };
            }

            read = Add(read, filter);
            if (read.Problem is not null)
            {
                return read;
            }
        }

        return read is { Redirect: not null, Rewrite: not null }
            ? read with { Problem = new RouteProblem(RouteProblem.IncompatibleFilters, $"{Redirect} and {Rewrite} exclude each other") }
            : read;
    }

    private static RuleFilters Add(RuleFilters read, RouteFilter filter)
    {
        RouteProblem? problem = null;
        return filter switch
        {
            { Type: RequestHeaders, RequestHeaderModifier: { } modifier } =>
                read with { RequestHeaders = Changes(modifier, ref problem), Problem = problem },
            { Type: ResponseHeaders, ResponseHeaderModifier: { } modifier } =>
                read with { ResponseHeaders = Changes(modifier, ref problem), Problem = problem },
            { Type: Mirror, RequestMirror: { } mirror } =>
                read with { Mirror = mirror, Problem = Fault(mirror) },
            { Type: Redirect, RequestRedirect: { } redirect } =>
                read with { Redirect = RedirectOf(redirect, ref problem), Problem = problem },
            { Type: Rewrite, UrlRewrite: { } rewrite } =>
                read with
                {
                    Rewrite = new UrlRewrite { Hostname = Host(rewrite.Hostname, ref problem), Path = Path(rewrite.Path, ref problem) },
                    Problem = problem,
                },
            _ => read with { Problem = RouteProblem.Unsupported($"the filter {filter.Type} has no settings") },
        };
    }

    private static HeaderChanges? Changes(HeaderModifier modifier, ref RouteProblem? problem)
    {
        var changes = new HeaderChanges
        {
            Set = Pairs(modifier.Set, ref problem),
            Add = Pairs(modifier.Add, ref problem),
            Remove = Names(modifier.Remove, ref problem),
        };
        return changes == HeaderChanges.None ? null : changes;
    }

    // Of equal names the first counts.
    private static ImmutableSortedDictionary<string, string> Pairs(IReadOnlyList<HeaderValue> values, ref RouteProblem? problem)
    {
        var pairs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var value in values)
        {
            if (Name(value.Name, ref problem) is not { } name)
            {
                continue;
            }

            if (!HeaderName.IsValue(value.Value))
            {
                problem ??= RouteProblem.Unsupported($"the value of the field {name} is not printable ASCII without blanks at the ends");
            }

            pairs.TryAdd(name, value.Value);
        }

        return pairs.ToImmutable();
    }

    private static ImmutableArray<string> Names(IReadOnlyList<string> names, ref RouteProblem? problem)
    {
        var read = ImmutableArray.CreateBuilder<string>(names.Count);
        foreach (var name in names)
        {
            if (Name(name, ref problem) is { } good)
            {
                read.Add(good);
            }
        }

        return read.ToImmutable();
    }

    private static string? Name(string name, ref RouteProblem? problem)
    {
        var read = HeaderName.Type.Read(name);
        if (read.Message is { } message)
        {
            problem ??= RouteProblem.Unsupported(message);
        }

        return read.Value;
    }

    private static RequestRedirect RedirectOf(RedirectFilter filter, ref RouteProblem? problem)
    {
        if (filter.Scheme is not (null or "http" or "https"))
        {
            problem ??= RouteProblem.Unsupported($"the scheme {filter.Scheme} is not supported");
        }

        if (filter.StatusCode is not (null or 301 or 302 or 303 or 307 or 308))
        {
            problem ??= RouteProblem.Unsupported("the status of the redirect is not supported");
        }

        return new RequestRedirect
        {
            Scheme = filter.Scheme,
            Hostname = Host(filter.Hostname, ref problem),
            Port = filter.Port,
            Path = Path(filter.Path, ref problem),
            StatusCode = filter.StatusCode ?? 302,
        };
    }

    private static string? Host(string? name, ref RouteProblem? problem)
    {
        if (name is { Length: > 0 } && !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'))
        {
            problem ??= RouteProblem.Unsupported("the host name is not valid");
        }

        return string.IsNullOrEmpty(name) ? null : name;
    }

    private static PathChange? Path(PathModifier? modifier, ref RouteProblem? problem)
    {
        switch (modifier)
        {
            case null:
                return null;
            case { Type: "ReplaceFullPath", ReplaceFullPath: { } path }:
                return new PathChange { ReplaceFullPath = Replacement(path, ref problem) };
            case { Type: "ReplacePrefixMatch", ReplacePrefixMatch: { } prefix }:
                return new PathChange { ReplacePrefixMatch = Replacement(prefix, ref problem) };
            default:
                problem ??= RouteProblem.Unsupported($"the change {modifier.Type} of a path is not supported");
                return null;
        }
    }

    private static string Replacement(string path, ref RouteProblem? problem)
    {
        if (path.Length > 0
            && (!path.StartsWith('/') || path.AsSpan().ContainsAny('?', '#') || path.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            problem ??= RouteProblem.Unsupported("the replacement is not a path");
        }

        return path.Length == 0 ? "/" : path;
    }

    private static RouteProblem? Fault(MirrorFilter mirror) => mirror switch
    {
        { Percent: not null, Fraction: not null } => RouteProblem.Unsupported("the mirror has a percentage and a fraction"),
        { Fraction.Denominator: <= 0 } or { Fraction.Numerator: < 0 } or { Percent: < 0 or > 100 } =>
            RouteProblem.Unsupported("the share of the mirror is not valid"),
        _ => null,
    };
}
