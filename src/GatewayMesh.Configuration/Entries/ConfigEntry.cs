using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>One configuration entry, as it was declared.</summary>
public abstract record ConfigEntry
{
    /// <summary>What it is about: for most kinds the name of a service.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands; not part of its meaning and not stored.</summary>
    [JsonIgnore]
    public SourceLocation Origin { get; init; }

    /// <summary>Its kind, as it is written.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }
}
