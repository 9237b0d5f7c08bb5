using System.Text.Json.Serialization;

namespace GatewayMesh.Admin.Documents;

/// <summary>An upgrade in place.</summary>
public sealed record UpgradeStatus : DocumentPart
{
    /// <summary>True while the upgrade is running.</summary>
    public bool Running { get; set; }

    /// <summary>Outcome of the last upgrade; absent when there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Well { get; set; }

    /// <summary>Reason for the outcome; absent when there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; set; }

    /// <summary>Reason of the last upgrade if the upgrade failed; absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastError { get; set; }
}
