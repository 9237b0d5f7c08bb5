using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>The decision about a call, and the deciding intention.</summary>
public record CheckedIntention
{
    /// <summary>Calling service.</summary>
    public string Source { get; set; } = "";

    /// <summary>Called service.</summary>
    public string Destination { get; set; } = "";

    /// <summary>True if the call is allowed.</summary>
    public bool Allowed { get; set; }

    /// <summary>Cause, in words.</summary>
    public string Because { get; set; } = "";

    /// <summary><c>intention</c>, <c>permission</c>, <c>no-permission</c>, <c>default</c> or <c>unknown</c>.</summary>
    public string Cause { get; set; } = "";

    /// <summary>True if the decision is enforced: identity is mtls.</summary>
    public bool Enforced { get; set; }

    /// <summary>Decision without an intention: <c>allow</c>, <c>deny</c> or <c>unknown</c>.</summary>
    public string Default { get; set; } = "";

    /// <summary>The intention that decides; absent when none applies.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DecidingIntention? Intention { get; set; }

    /// <summary>Index of the permission that decides, from 0; absent when none does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Permission { get; set; }

    /// <summary>Intentions that were skipped, with the reason.</summary>
    public ImmutableArray<string> Notes { get; set; } = [];
}
