using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.MeshRouting;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Entries;

/// <summary>All entries of a registry by kind, checked against each other.</summary>
public sealed record EntrySet
{
    /// <summary>No entries.</summary>
    public static EntrySet Empty { get; } = new();

    /// <summary>Statically declared instances, which no node registers.</summary>
    public ImmutableArray<ServiceEntry> Services { get; init; } = [];

    /// <summary>Properties of a service, independent of instances.</summary>
    public ImmutableArray<ServiceDefaultsEntry> ServiceDefaults { get; init; } = [];

    /// <summary>Defaults of services without their own defaults; at most one entry.</summary>
    public ImmutableArray<ProxyDefaultsEntry> ProxyDefaults { get; init; } = [];

    /// <summary>Routers: routes of a service by properties of the request.</summary>
    public ImmutableArray<ServiceRouterEntry> ServiceRouters { get; init; } = [];

    /// <summary>Splitters: shares of a service's requests by weight.</summary>
    public ImmutableArray<ServiceSplitterEntry> ServiceSplitters { get; init; } = [];

    /// <summary>Resolvers: instances that a service name resolves to.</summary>
    public ImmutableArray<ServiceResolverEntry> ServiceResolvers { get; init; } = [];

    /// <summary>Services exposed by the ingresses.</summary>
    public ImmutableArray<IngressGatewayEntry> IngressGateways { get; init; } = [];

    /// <summary>Call policies.</summary>
    public ImmutableArray<ServicePolicyEntry> ServicePolicies { get; init; } = [];

    /// <summary>Intentions: permissions between services.</summary>
    public ImmutableArray<ServiceIntentionsEntry> ServiceIntentions { get; init; } = [];

    /// <summary>Issuers of tokens that intentions name.</summary>
    public ImmutableArray<JwtProviderEntry> JwtProviders { get; init; } = [];

    /// <summary>Feature flags that policies name.</summary>
    public ImmutableArray<FeatureFlagEntry> FeatureFlags { get; init; } = [];

    /// <summary>Routes of the Gateway API that are attached to services. Default: none.</summary>
    public MeshRouteSet MeshRoutes { get; init; } = MeshRouteSet.None;

    private RoutingChains? _chains;

    /// <summary>The compiled chains of the routing entries. Every user of this set gets the same object.</summary>
    public RoutingChains Chains
    {
        get
        {
            var known = Volatile.Read(ref _chains);
            if (known is not null && ReferenceEquals(known.Entries, this))
            {
                return known;
            }

            // Not compiled yet: these are the chains of the set before, or of the set that this one was copied from.
            var own = new RoutingChains(this, known);
            return Interlocked.CompareExchange(ref _chains, own, known) == known ? own : Chains;
        }
    }

    /// <summary>Returns the set of <paramref name="entries"/>, or null when the entries contradict each other.</summary>
    /// <param name="entries">The entries.</param>
    /// <param name="errors">Collects errors.</param>
    /// <param name="before">The set before: chains of unchanged entries are taken over. Default: none.</param>
    public static EntrySet? From(IEnumerable<ConfigEntry> entries, ConfigErrors errors, EntrySet? before = null)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Collect(entries, errors, before) is not { } set)
        {
            return null;
        }

        var wrong = set.Chains.Errors;
        errors.AddRange(wrong.Select(error => error.ToConfigError()));
        return wrong.IsEmpty ? set : null;
    }

    /// <summary>
    /// Returns the set of <paramref name="entries"/>, or null when two entries have the same name. Routes are not checked; see <see
    /// cref="RoutingChains.Errors"/>.
    /// </summary>
    /// <param name="entries">The entries.</param>
    /// <param name="errors">Collects errors.</param>
    /// <param name="before">The set before: chains of unchanged entries are taken over. Default: none.</param>
    public static EntrySet? Collect(IEnumerable<ConfigEntry> entries, ConfigErrors errors, EntrySet? before = null)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var known = errors.Count;
        ImmutableArray<ConfigEntry> all = [.. entries];
        ReportTwins(all, errors);
        ReportProviders(all, errors);
        ReportTwinInstances(all.OfType<ServiceEntry>(), errors);
        return errors.Count > known ? null : new EntrySet
        {
            _chains = before?._chains,
            Services = [.. all.OfType<ServiceEntry>()],
            ServiceDefaults = [.. all.OfType<ServiceDefaultsEntry>()],
            ProxyDefaults = [.. all.OfType<ProxyDefaultsEntry>()],
            ServiceRouters = [.. all.OfType<ServiceRouterEntry>()],
            ServiceSplitters = [.. all.OfType<ServiceSplitterEntry>()],
            ServiceResolvers = [.. all.OfType<ServiceResolverEntry>()],
            IngressGateways = [.. all.OfType<IngressGatewayEntry>()],
            ServicePolicies = [.. all.OfType<ServicePolicyEntry>()],
            JwtProviders = [.. all.OfType<JwtProviderEntry>()],
            FeatureFlags = [.. all.OfType<FeatureFlagEntry>()],
            ServiceIntentions = [.. all.OfType<ServiceIntentionsEntry>()],
        };
    }

    // Instances of a service may be declared in several documents; every other kind has one document per name.
    private static void ReportTwins(ImmutableArray<ConfigEntry> entries, ConfigErrors errors)
    {
        var first = new Dictionary<(string, string), ConfigEntry>();
        foreach (var entry in entries.Where(entry => entry is not ServiceEntry))
        {
            if (!first.TryAdd((entry.Kind, entry.Name.ToLowerInvariant()), entry))
            {
                var other = first[(entry.Kind, entry.Name.ToLowerInvariant())];
                errors.Add(
                    entry.Origin, "name", $"the {entry.Kind} {entry.Name} is already declared in {other.Origin}", "remove one of them");
            }
        }
    }

    private static void ReportProviders(ImmutableArray<ConfigEntry> entries, ConfigErrors errors)
    {
        var known = entries.OfType<JwtProviderEntry>().Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries.OfType<ServiceIntentionsEntry>())
        {
            foreach (var name in entry.Providers.Where(name => !known.Contains(name)))
            {
                errors.Add(
                    entry.Origin, "jwt", $"the jwt-provider {name} is not declared", $"add an entry kind: jwt-provider with name: {name}");
            }
        }
    }

    private static void ReportTwinInstances(IEnumerable<ServiceEntry> services, ConfigErrors errors)
    {
        var ids = new Dictionary<(string, string), ServiceEntry>();
        var addresses = new Dictionary<(string, string), ServiceEntry>();
        foreach (var service in services)
        {
            var name = service.Name.ToLowerInvariant();
            foreach (var instance in service.Instances)
            {
                if (!ids.TryAdd((name, instance.Id), service))
                {
                    errors.Add(
                        service.Origin,
                        "id",
                        $"the instance {instance.Id} of {service.Name} is already declared in {ids[(name, instance.Id)].Origin}",
                        "give each instance its own id");
                }
                else if (!addresses.TryAdd((name, instance.Address.ToString().ToLowerInvariant()), service))
                {
                    errors.Add(
                        service.Origin,
                        "address",
                        $"the instance {instance.Address} of {service.Name} is already declared in "
                            + $"{addresses[(name, instance.Address.ToString().ToLowerInvariant())].Origin}",
                        "remove one of them");
                }
            }
        }
    }
}
