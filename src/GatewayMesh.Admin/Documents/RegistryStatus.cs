using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Values;

namespace GatewayMesh.Admin.Documents;

/// <summary>A node's registry, and the configuration in use.</summary>
public sealed record RegistryStatus : DocumentPart
{
    /// <summary><c>file</c>, <c>consul</c>, or <c>kubernetes</c>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The folder, the addresses of the agents, or the kubeconfig with its context; empty in a pod.</summary>
    public string Target { get; set; } = "";

    /// <summary>True if the configuration in use is the registry's latest.</summary>
    public bool Synced { get; set; }

    /// <summary>True if the registry is readable now. Default: true, since older builds do not report it.</summary>
    public bool Reached { get; set; } = true;

    /// <summary>Time since the last successful read, in seconds; absent when there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? AgeSeconds { get; set; }

    /// <summary>Error of the last write; null on success.</summary>
    public string? PublishError { get; set; }

    /// <summary>Source of the configuration in use: <c>registry</c>, <c>store</c> (the last-good state on disk) or <c>none</c>.</summary>
    public string Origin { get; set; } = "";

    /// <summary>Configuration revision in use.</summary>
    public string Revision { get; set; } = "";

    /// <summary>Errors of the latest refused configuration.</summary>
    public ImmutableArray<string> Errors { get; set; } = [];

    /// <summary>Time of the last read as text, for example <c>last heard 45 s ago</c>.</summary>
    [JsonIgnore]
    public string Heard => AgeSeconds is not { } seconds ? "not heard since this node started"
        : seconds < 120 ? string.Create(CultureInfo.InvariantCulture, $"last heard {seconds:0} s ago")
        : $"last heard {RoughTime.Text(TimeSpan.FromSeconds(seconds))} ago";
}
