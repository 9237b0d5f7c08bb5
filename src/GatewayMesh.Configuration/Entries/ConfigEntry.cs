using System.Text.Json.Serialization;
using GatewayMesh.Configuration.Document;

namespace GatewayMesh.Configuration.Entries;

/// <summary>A declared configuration entry.</summary>
public abstract record ConfigEntry
{
    /// <summary>Name of the entry's subject; for most kinds the name of a service.</summary>
    public required string Name { get; init; }

    /// <summary>Location of the entry; neither part of its meaning nor stored.</summary>
    [JsonIgnore]
    public SourceLocation Origin { get; init; }

    /// <summary>Kind of the entry, as written.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }
}
