using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Entries.Flags;
using GatewayMesh.Configuration.Entries.Resolvers;
using GatewayMesh.Configuration.Entries.Routers;
using GatewayMesh.Configuration.Entries.Splitters;
using GatewayMesh.Configuration.Entries.Tokens;
using GatewayMesh.Configuration.Policies;

namespace GatewayMesh.Configuration.Entries;

/// <summary>Reads a document as a configuration entry.</summary>
public static class EntryBinder
{
    private static readonly ImmutableArray<string> Known =
        [
            "service",
            "service-defaults",
            "proxy-defaults",
            "service-router",
            "service-splitter",
            "service-resolver",
            "ingress-gateway",
            "service-policy",
            "service-intentions",
            "jwt-provider",
            "feature-flag"];

    // Planned kinds. Using one is an error, so that the entry is not silently ignored.
    private static readonly ImmutableArray<string> Later =
        ["intention", "terminating-gateway", "mesh-gateway"];

    private static readonly ScalarType<string> NameOrAll = ScalarTypes.Service with
    {
        Read = text => text == ServicePolicyEntry.All ? Scalar.Good(text) : ScalarTypes.Service.Read(text),
    };

    /// <summary>True if <paramref name="document"/> is meant as an entry, that is, has a kind.</summary>
    public static bool IsEntry(ConfigNode document) =>
        document is ConfigMapping mapping && (mapping.Find("kind") ?? mapping.Find("Kind")) is not null;

    /// <summary>Returns the entry declared by <paramref name="document"/>, or null when the document has errors.</summary>
    /// <param name="document">The document.</param>
    /// <param name="errors">Receives all errors.</param>
    /// <param name="style">Strictness in reading keys. Default: an unknown key is an error.</param>
    public static ConfigEntry? Bind(ConfigNode document, ConfigErrors errors, KeyStyle style = KeyStyle.EitherCase)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(errors);
        var before = errors.Count;
        var kind = KindOf(document, errors);
        var entry = kind is null ? null : MappingReader.Read(document, style, errors, reader => Bind(reader, kind));
        return errors.Count == before ? entry : null;
    }

    // These kinds are not named after a service.
    private static ScalarType<string> NameOf(string kind) =>
        kind is "proxy-defaults" or "jwt-provider" or "feature-flag" or "ingress-gateway" ? ScalarTypes.Name : ScalarTypes.Service;

    private static ConfigEntry Bind(MappingReader reader, string kind)
    {
        _ = reader.Has("kind");
        reader.NotYet("namespace");
        reader.NotYet("partition");
        var name = reader.Required(
            // The schema of feature flags has id for their name.
            kind == "feature-flag" && !reader.Has("name") && reader.Has("id") ? "id" : "name",
            kind switch { "service-policy" => NameOrAll, "service-intentions" => IntentionSource.NameOrAll, _ => NameOf(kind) })
            ?? "";
        return kind switch
        {
            "service" => ServiceEntry.Bind(reader, name, reader.Location),
            "service-defaults" => ServiceDefaultsEntry.Bind(reader, name, reader.Location),
            "proxy-defaults" => ProxyDefaultsEntry.Bind(reader, name, reader.Location),
            "service-router" => ServiceRouterEntry.Bind(reader, name, reader.Location),
            "service-splitter" => ServiceSplitterEntry.Bind(reader, name, reader.Location),
            "service-resolver" => ServiceResolverEntry.Bind(reader, name, reader.Location),
            "service-intentions" => ServiceIntentionsEntry.Bind(reader, name, reader.Location),
            "jwt-provider" => JwtProviderEntry.Bind(reader, name, reader.Location),
            "feature-flag" => FeatureFlagEntry.Bind(reader, name, reader.Location),
            "ingress-gateway" => IngressGatewayEntry.Bind(reader, name, reader.Location),
            _ => ServicePolicyEntry.Bind(reader, name, reader.Location),
        };
    }

    // The kind decides which keys are known, so a document without a valid kind is not read further.
    private static string? KindOf(ConfigNode document, ConfigErrors errors)
    {
        if (document is not ConfigMapping mapping)
        {
            errors.Add(document.Location, "", $"{document.Noun} is not an entry", "write keys with values, starting with kind");
            return null;
        }

        var pair = mapping.Find("kind") ?? mapping.Find("Kind");
        if (pair?.Value is not ConfigScalar { Text: var kind })
        {
            errors.Add(pair?.Value.Location ?? document.Location, "kind", "is missing", $"set kind: {string.Join(" or ", Known)}");
            return null;
        }

        if (Known.Contains(kind))
        {
            return kind;
        }

        var near = Nearest.To(kind, [.. Known, .. Later]);
        var (message, fix) = Later.Contains(kind) ? ($"the kind {kind} is not supported yet", "leave the entry out")
            : (
                $"the kind {Quoted.Of(kind)} is not known",
                near is not null ? $"did you mean {near}?" : $"use {string.Join(" or ", Known)}");
        errors.Add(pair.Value.Location, "kind", message, fix);
        return null;
    }
}
