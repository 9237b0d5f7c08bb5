using System.CommandLine;

namespace GatewayMesh.Commands;

/// <summary>A command that shows examples in its help.</summary>
internal sealed class MeshCommand(string name, string description) : Command(name, description)
{
    /// <summary>Whole command lines that a reader can copy.</summary>
    public string[] Examples { get; init; } = [];
}
