using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Policies;
using GatewayMesh.Configuration.Routing;

namespace GatewayMesh.Configuration.Entries;

/// <summary>All entries of a registry, by kind; checked against one another.</summary>
public sealed record EntrySet
{
    /// <summary>No entries.</summary>
    public static EntrySet Empty { get; } = new();

    /// <summary>Instances that nobody registers.</summary>
    public ImmutableArray<ServiceEntry> Services { get; init; } = [];

    /// <summary>What is true of a service wherever it runs.</summary>
    public ImmutableArray<ServiceDefaultsEntry> ServiceDefaults { get; init; } = [];

    /// <summary>What is true of every service that has no defaults of its own; one at most.</summary>
    public ImmutableArray<ProxyDefaultsEntry> ProxyDefaults { get; init; } = [];

    /// <summary>Which ways requests for a service go, by what they look like.</summary>
    public ImmutableArray<ServiceRouterEntry> ServiceRouters { get; init; } = [];

    /// <summary>How requests for a service are shared out.</summary>
    public ImmutableArray<ServiceSplitterEntry> ServiceSplitters { get; init; } = [];

    /// <summary>Which instances the name of a service stands for.</summary>
    public ImmutableArray<ServiceResolverEntry> ServiceResolvers { get; init; } = [];

    /// <summary>What the ingresses show.</summary>
    public ImmutableArray<IngressGatewayEntry> IngressGateways { get; init; } = [];

    /// <summary>How calls are made.</summary>
    public ImmutableArray<ServicePolicyEntry> ServicePolicies { get; init; } = [];

    /// <summary>Who may call whom.</summary>
    public ImmutableArray<ServiceIntentionsEntry> ServiceIntentions { get; init; } = [];

    /// <summary>The set of <paramref name="entries"/>, or null when they contradict each other.</summary>
    public static EntrySet? From(IEnumerable<ConfigEntry> entries, ConfigErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        if (Collect(entries, errors) is not { } set)
        {
            return null;
        }

        var wrong = ChainErrors.Of(set);
        errors.AddRange(wrong.Select(error => error.ToConfigError()));
        return wrong.IsEmpty ? set : null;
    }

    /// <summary>The set of <paramref name="entries"/>, or null when there are two of one name. Whether its routes lead anywhere is not asked: see <see cref="ChainErrors"/>.</summary>
    public static EntrySet? Collect(IEnumerable<ConfigEntry> entries, ConfigErrors errors)
    {
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        ImmutableArray<ConfigEntry> all = [.. entries];
        ReportTwins(all, errors);
        ReportTwinInstances(all.OfType<ServiceEntry>(), errors);
        return errors.Count > before ? null : new EntrySet
        {
            Services = [.. all.OfType<ServiceEntry>()],
            ServiceDefaults = [.. all.OfType<ServiceDefaultsEntry>()],
            ProxyDefaults = [.. all.OfType<ProxyDefaultsEntry>()],
            ServiceRouters = [.. all.OfType<ServiceRouterEntry>()],
            ServiceSplitters = [.. all.OfType<ServiceSplitterEntry>()],
            ServiceResolvers = [.. all.OfType<ServiceResolverEntry>()],
            IngressGateways = [.. all.OfType<IngressGatewayEntry>()],
            ServicePolicies = [.. all.OfType<ServicePolicyEntry>()],
            ServiceIntentions = [.. all.OfType<ServiceIntentionsEntry>()],
        };
    }

    // Instances may be spread over several documents of their service; every other kind has one document a name.
    private static void ReportTwins(ImmutableArray<ConfigEntry> entries, ConfigErrors errors)
    {
        var first = new Dictionary<(string, string), ConfigEntry>();
        foreach (var entry in entries.Where(entry => entry is not ServiceEntry))
        {
            if (!first.TryAdd((entry.Kind, entry.Name.ToLowerInvariant()), entry))
            {
                var other = first[(entry.Kind, entry.Name.ToLowerInvariant())];
                errors.Add(entry.Origin, "name", $"the {entry.Kind} {entry.Name} stands already in {other.Origin}", "keep one of them");
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
                    errors.Add(service.Origin, "id", $"the instance {instance.Id} of {service.Name} stands already in {ids[(name, instance.Id)].Origin}", "give each instance its own id");
                }
                else if (!addresses.TryAdd((name, instance.Address.ToString().ToLowerInvariant()), service))
                {
                    errors.Add(service.Origin, "address", $"the instance {instance.Address} of {service.Name} stands already in {addresses[(name, instance.Address.ToString().ToLowerInvariant())].Origin}", "keep one of them");
                }
            }
        }
    }
}
