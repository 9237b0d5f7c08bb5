using System.Text.Json;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Headers;
using GatewayMesh.Configuration.Matching;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Parts of routes as JSON, with durations in text form.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(DurationJson)])]
[JsonSerializable(typeof(RouteMatch))]
[JsonSerializable(typeof(RouteAction))]
[JsonSerializable(typeof(LoadBalancerEntry))]
[JsonSerializable(typeof(HeaderChanges))]
internal sealed partial class RouteJson : JsonSerializerContext
{
    /// <summary>JSON text of <paramref name="match"/>; empty for none.</summary>
    public static string Write(RouteMatch? match) => match is null ? "" : JsonSerializer.Serialize(match, Default.RouteMatch);

    /// <summary>JSON text of <paramref name="action"/>.</summary>
    public static string Write(RouteAction action) => JsonSerializer.Serialize(action, Default.RouteAction);

    /// <summary>JSON text of <paramref name="changes"/>; empty for none.</summary>
    public static string Write(HeaderChanges? changes) =>
        changes is null ? "" : JsonSerializer.Serialize(changes, Default.HeaderChanges);

    /// <summary>JSON text of <paramref name="balancer"/>; empty for none.</summary>
    public static string Write(LoadBalancerEntry? balancer) =>
        balancer is null ? "" : JsonSerializer.Serialize(balancer, Default.LoadBalancerEntry);
}
