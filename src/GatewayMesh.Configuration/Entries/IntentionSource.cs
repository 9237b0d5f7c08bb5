using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>A calling service with its action: a single action, or permissions that inspect each request.</summary>
/// <param name="Name">Name of the calling service; <c>*</c> for every service without its own source.</param>
public sealed record IntentionSource(string Name)
{
    /// <summary>Wildcard name for all services.</summary>
    public const string All = "*";

    internal static readonly ScalarType<IntentionAction> ActionType = ScalarTypes.Word<IntentionAction>(
        [("allow", IntentionAction.Allow), ("deny", IntentionAction.Deny)]);

    internal static readonly ScalarType<string> NameOrAll = ScalarTypes.Service with
    {
        Read = text => text == All ? Scalar.Good(text)
            : text.Contains('*') ? Scalar.Bad<string>(
                $"{Quoted.Of(text)} contains a '*' within a name", "use * alone for all services, or a full name")
            : ScalarTypes.Service.Read(text),
    };

    private static readonly ScalarType<string> AnyText = new("use a text", Scalar.Good);
    private static readonly ScalarType<string> OnlyConsul = ScalarTypes.Word<string>([("consul", "consul")]);

    /// <summary>Action for every call; null if <see cref="Permissions"/> decide.</summary>
    public IntentionAction? Action { get; init; }

    /// <summary>Permissions: the first match decides; without a match the default policy does.</summary>
    public ImmutableArray<PermissionRule> Permissions { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Description for people. Default: empty.</summary>
    public string Description { get => field ?? ""; init; } = "";

    internal static IntentionSource Bind(MappingReader reader)
    {
        foreach (var key in (ReadOnlySpan<string>)["namespace", "partition", "peer", "samenessGroup"])
        {
            reader.NotYet(key);
        }

        // Consul adds these keys: computed values, and the origin of entries from an old version.
        foreach (var key in (ReadOnlySpan<string>)["precedence", "legacyID", "legacyMeta", "legacyCreateTime", "legacyUpdateTime"])
        {
            _ = reader.Has(key);
        }

        _ = reader.Optional("type", OnlyConsul, "consul");
        var source = new IntentionSource(reader.Required("name", NameOrAll) ?? "")
        {
            Action = reader.OrNull("action", ActionType),
            Permissions = reader.Items("permissions", PermissionRule.Bind),
            Description = reader.Optional("description", AnyText, ""),
        };
        if (reader.Has("action") && reader.Has("permissions"))
        {
            reader.Fail(
                "permissions",
                "conflicts with action",
                "remove one of them: an action applies to every request, permissions inspect each request");
        }
        else if (!reader.Has("action") && !reader.Has("permissions"))
        {
            reader.Fail("has neither action nor permissions", "set action: allow or action: deny");
        }
        else if (reader.Has("permissions") && source.Permissions.IsEmpty)
        {
            reader.Fail("permissions", "is empty", "set action: allow or action: deny instead");
        }

        return source;
    }
}
