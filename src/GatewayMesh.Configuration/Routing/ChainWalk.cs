using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries.Resolvers;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Walks the entries from a name and drafts its chain; stops at the first error.</summary>
/// <param name="index">The entries.</param>
/// <param name="service">Name that requests ask for.</param>
/// <param name="datacenter">Local datacenter.</param>
/// <param name="subset">Subset of the service whose chain is drafted, without routes and shares; empty for that of the name.</param>
internal sealed class ChainWalk(RoutingTrace index, string service, string datacenter, string subset = "")
{
    // Far beyond any sensible configuration. The number of paths doubles with each level of splitters with shared destinations, and each
    // level uses stack: an author of a few services' entries must not be able to crash every node of the mesh.
    private const int Deepest = 64;
    private const int MaxShares = 1_000;

    private readonly HashSet<Draft> _straight = [];
    private readonly Dictionary<string, SplitterDraft> _splitters = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<TargetKey, ResolverDraft> _resolvers = [];
    private int _depth;
    private string? _protocol;
    private string _speaker = "";
    private EntryLocation? _advanced;

    /// <summary>The error; null while there is none.</summary>
    public ChainError? Error { get; private set; }

    /// <summary>Datacenters of the targets seen, without the local one.</summary>
    public HashSet<string> Datacenters { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Protocol of the chain.</summary>
    public string Protocol => _protocol ?? RoutingIndex.Undeclared;

    /// <summary>First node; null after an error.</summary>
    public Draft? Run()
    {
        var start = Start();
        if (start is null || !IsStraight(start, []))
        {
            return null;
        }

        if (_advanced is { } place && _protocol == RoutingIndex.Undeclared)
        {
            Fail(
                place with { Path = "name" },
                $"a {place.Entry.Kind} requires an HTTP protocol, but {_speaker} declares none",
                Declare(_speaker, "http"));
            return null;
        }

        return _splitters.Values.All(Flatten) ? start : null;
    }

    private Draft? Start()
    {
        if (subset.Length > 0)
        {
            return Resolver(new TargetKey(service, subset, datacenter), LocationOf(service));
        }

        if (index.Router(service) is not { } router)
        {
            return SplitterOrResolver(service, LocationOf(service));
        }

        var top = new EntryLocation(router, router.Origin, "");
        _advanced = top;
        if (!Speaks(service, top))
        {
            return null;
        }

        var draft = new RouterDraft(router);
        for (var i = 0; i < router.Routes.Length; i++)
        {
            var route = router.Routes[i];
            var place = new EntryLocation(router, route.At, $"routes[{i}].destination");
            var next = route.Destination.Service is { Length: > 0 } other ? other : service;
            if (
                (
                    route.Destination.ServiceSubset.Length == 0
                        ? SplitterOrResolver(next, place)
                        : Resolver(new TargetKey(next, route.Destination.ServiceSubset, datacenter), place)) is not { } node)
            {
                return null;
            }

            draft.Routes.Add((route, node));
        }

        if (SplitterOrResolver(service, top) is not { } rest)
        {
            return null;
        }

        draft.Routes.Add((null, rest));
        return draft;
    }

    private Draft? SplitterOrResolver(string name, EntryLocation place) =>
        index.Splitter(name) is not null ? Splitter(name, place) : Resolver(new TargetKey(name, "", datacenter), place);

    // Recorded before its shares are followed, so that a cycle terminates and is found afterwards.
    private SplitterDraft? Splitter(string name, EntryLocation place)
    {
        if (_splitters.TryGetValue(name, out var known))
        {
            return known;
        }

        var entry = index.Splitter(name)!;
        if (++_depth > Deepest)
        {
            Fail(place, $"more than {Deepest} nested splitters", "merge their shares into one splitter");
            return null;
        }

        var draft = _splitters[name] = new SplitterDraft(entry);
        _advanced ??= new EntryLocation(entry, entry.Origin, "");
        for (var i = 0; i < entry.Splits.Length; i++)
        {
            var split = entry.Splits[i];
            var here = new EntryLocation(entry, split.At, $"splits[{i}]");
            var next = split.Service is { Length: > 0 } other ? other : name;
            var splits = !next.Equals(name, StringComparison.OrdinalIgnoreCase)
                && split.ServiceSubset.Length == 0
                && index.Splitter(next) is not null;
            Draft? node = splits ? Splitter(next, here) : Resolver(new TargetKey(next, split.ServiceSubset, datacenter), here);
            if (node is null)
            {
                return null;
            }

            draft.Legs.Add((split.Weight, node, split));
        }

        _depth--;
        return draft;
    }

    private ResolverDraft? Resolver(TargetKey target, EntryLocation place, bool forFailover = false)
    {
        var seen = new List<TargetKey>();
        while (true)
        {
            if (target.Datacenter != datacenter)
            {
                _ = Datacenters.Add(target.Datacenter);
            }

            if (_resolvers.TryGetValue(target, out var known))
            {
                return known;
            }

            if (!Speaks(target.Service, place))
            {
                return null;
            }

            var entry = index.Resolver(target.Service);
            if (seen.Contains(target))
            {
                return Circle(
                    "redirects form a loop",
                    [.. seen.Skip(seen.IndexOf(target)).Select(key => (key.Service, EntryLocation: LocationOfResolver(key.Service)))]);
            }

            seen.Add(target);
            if (entry?.Redirect is { } redirect
                && target.Rewritten(redirect.Service, redirect.ServiceSubset, redirect.Datacenter) is var redirected
                && redirected != target)
            {
                place = new EntryLocation(entry, redirect.At, "redirect");
                target = redirected;
            }
            else if (target.Subset.Length == 0 && entry is { DefaultSubset.Length: > 0 })
            {
                target = target with { Subset = entry.DefaultSubset };
            }
            else
            {
                return End(target, entry, place, forFailover);
            }
        }
    }

    private ResolverDraft? End(TargetKey target, ServiceResolverEntry? entry, EntryLocation place, bool forFailover)
    {
        if (target.Subset.Length > 0 && entry?.Subsets.ContainsKey(target.Subset) != true)
        {
            var fix = entry is { Subsets.IsEmpty: false } ? $"use {string.Join(" or ", entry.Subsets.Keys)}, or declare it" : "declare it";
            Fail(
                place,
                $"{target.Service} has no subset {Quoted.Of(target.Subset)}",
                $"{fix} under subsets of the service-resolver {target.Service}");
            return null;
        }

        var draft = new ResolverDraft(target, entry);
        if (forFailover)
        {
            return draft;
        }

        _resolvers[target] = draft;
        return entry is null || FailOver(draft, entry) ? draft : null;
    }

    private bool FailOver(ResolverDraft draft, ServiceResolverEntry entry)
    {
        var (target, key) = (
            draft.Target, entry.Failover.ContainsKey(draft.Target.Subset) ? draft.Target.Subset : ServiceResolverEntry.Any);
        if (!entry.Failover.TryGetValue(key, out var failover))
        {
            return true;
        }

        var place = new EntryLocation(entry, failover.At, key == ServiceResolverEntry.Any ? "failover['*']" : $"failover.{key}");
        foreach (var other in Others(target, failover).Where(other => other != target))
        {
            if (Resolver(other, place, forFailover: true) is not { } end)
            {
                return false;
            }

            draft.Failover.Add(end.Target);
        }

        return true;
    }

    private static IEnumerable<TargetKey> Others(TargetKey target, FailoverEntry failover) =>
        !failover.Targets.IsEmpty ? failover.Targets.Select(other => target.Rewritten(other.Service, other.ServiceSubset, other.Datacenter))
        : !failover.Datacenters.IsEmpty ? failover.Datacenters.Select(
            other => target.Rewritten(failover.Service, failover.ServiceSubset, other))
        : [target.Rewritten(failover.Service, failover.ServiceSubset, "")];

    // A chain has a single protocol: intermediaries cannot translate.
    private bool Speaks(string name, EntryLocation place)
    {
        var protocol = index.Protocol(name);
        if (_protocol is null)
        {
            (_protocol, _speaker) = (protocol, name);
        }
        else if (_protocol != protocol)
        {
            var silent = protocol == RoutingIndex.Undeclared ? name : _protocol == RoutingIndex.Undeclared ? _speaker : null;
            Fail(
                place,
                $"the route of {service} has two protocols: {Declared(_speaker, _protocol)}, {Declared(name, protocol)}",
                silent is null
                    ? "declare the same protocol for all services of the route"
                    : Declare(silent, silent == name ? _protocol : protocol));
            return false;
        }

        return true;

        static string Declared(string name, string? protocol) =>
            protocol == RoutingIndex.Undeclared ? $"{name} declares none" : $"{name} declares {protocol}";
    }

    private bool IsStraight(Draft node, List<Draft> path)
    {
        if (_straight.Contains(node))
        {
            return true;
        }

        if (path.IndexOf(node) is >= 0 and var first)
        {
            _ = Circle(
                "splits form a loop",
                [
                    .. path.Skip(first)
                        .Cast<SplitterDraft>()
                        .Select(splitter => (splitter.Entry.Name, new EntryLocation(splitter.Entry, splitter.Entry.Origin, "splits")))]);
            return false;
        }

        path.Add(node);
        var straight = node.Next.All(next => IsStraight(next, path));
        path.RemoveAt(path.Count - 1);
        _ = straight && _straight.Add(node);
        return straight;
    }

    // Inner shares first, each step rounded to 0.01 % in 32-bit floats, as in Consul.
    private bool Flatten(SplitterDraft splitter)
    {
        if (!splitter.Legs.Any(leg => leg.Next is SplitterDraft))
        {
            return true;
        }

        var flat = new List<(int, Draft, Entries.Splitters.SplitEntry)>();
        foreach (var leg in splitter.Legs)
        {
            if (leg.Next is not SplitterDraft inner)
            {
                flat.Add(leg);
                continue;
            }

            if (!Flatten(inner))
            {
                return false;
            }

            if (flat.Count + inner.Legs.Count > MaxShares)
            {
                Fail(
                    new EntryLocation(splitter.Entry, splitter.Entry.Origin, "splits"),
                    $"nested splitters produce more than {MaxShares} shares",
                    "nest fewer splitters");
                return false;
            }

            flat.AddRange(
                inner.Legs.Select(
                    innerLeg => (Product(leg.Weight, innerLeg.Weight), innerLeg.Next, leg.Split.Around(innerLeg.Split))));
        }

        splitter.Legs = flat;
        return true;
    }

    private static int Product(int outer, int inner) =>
        (int)Math.Round((double)(outer / 100f * (inner / 100f) / 100f * 100f), MidpointRounding.AwayFromZero);

    // Every chain that meets a loop reports it in the same words: the loop starts at its first name.
    private ResolverDraft? Circle(string what, List<(string Name, EntryLocation EntryLocation)> circle)
    {
        var first = circle.IndexOf(circle.MinBy(step => step.Name, StringComparer.Ordinal));
        var names = circle.Skip(first).Concat(circle.Take(first)).Select(step => step.Name).ToList();
        Fail(circle[first].EntryLocation, $"{what}: {string.Join(" → ", names.Append(names[0]))}", "point one of them outside the loop");
        return null;
    }

    private EntryLocation LocationOfResolver(string name) =>
        new(index.Resolver(name)!, index.Resolver(name)!.Redirect?.At ?? index.Resolver(name)!.Origin, "redirect");

    private EntryLocation LocationOf(string name)
    {
        Entries.ConfigEntry entry = (Entries.ConfigEntry?)index.Splitter(name)
            ?? index.Resolver(name)
            ?? (Entries.ConfigEntry)new Entries.ServiceDefaultsEntry { Name = name };
        return new EntryLocation(entry, entry.Origin, "");
    }

    private static string Declare(string name, string protocol) => $"add kind: service-defaults with name: {name} and protocol: {protocol}";

    private void Fail(EntryLocation place, string message, string fix) => Error ??= place.Error(message, fix);
}
