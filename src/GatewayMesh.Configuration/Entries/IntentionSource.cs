using System.Collections.Immutable;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>Who calls, and what becomes of it: either one action, or permissions that look at each request.</summary>
/// <param name="Name">Name of the calling service; <c>*</c> for every service that is not named beside it.</param>
public sealed record IntentionSource(string Name)
{
    /// <summary>The name that stands for all.</summary>
    public const string All = "*";

    internal static readonly ScalarType<IntentionAction> ActionType = ScalarTypes.Word<IntentionAction>([("allow", IntentionAction.Allow), ("deny", IntentionAction.Deny)]);

    internal static readonly ScalarType<string> NameOrAll = ScalarTypes.Name with
    {
        Read = text => text == All ? Scalar.Good(text)
            : text.Contains('*') ? Scalar.Bad<string>($"{Quoted.Of(text)} has a '*' within a name", "say * alone for all services, or a whole name")
            : ScalarTypes.Name.Read(text),
    };

    private static readonly ScalarType<string> AnyText = new("say some text", Scalar.Good);
    private static readonly ScalarType<string> OnlyConsul = ScalarTypes.Word<string>([("consul", "consul")]);

    /// <summary>What becomes of every call; null where <see cref="Permissions"/> say it.</summary>
    public IntentionAction? Action { get; init; }

    /// <summary>What becomes of a request: the first that matches decides, and where none does the default policy.</summary>
    public ImmutableArray<PermissionRule> Permissions { get; init; } = [];

    /// <summary>For people. Default: empty.</summary>
    public string Description { get; init; } = "";

    internal static IntentionSource Bind(MappingReader reader)
    {
        foreach (var key in (ReadOnlySpan<string>)["namespace", "partition", "peer", "samenessGroup"])
        {
            reader.NotYet(key);
        }

        // Consul says these of itself: what it computed, and where an entry of an old version came from.
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
            reader.Fail("permissions", "stands beside action", "keep one of them: an action is for every request, permissions look at each");
        }
        else if (!reader.Has("action") && !reader.Has("permissions"))
        {
            reader.Fail("says neither action nor permissions", "say action: allow or action: deny");
        }
        else if (reader.Has("permissions") && source.Permissions.IsEmpty)
        {
            reader.Fail("permissions", "is empty", "say action: allow or action: deny instead");
        }

        return source;
    }
}
