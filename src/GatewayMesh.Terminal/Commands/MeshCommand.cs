using System.CommandLine;

namespace GatewayMesh.Terminal.Commands;

/// <summary>A command with examples in its help.</summary>
internal sealed class MeshCommand(string name, string description) : Command(name, description)
{
    /// <summary>Complete command lines to copy.</summary>
    public string[] Examples { get; init; } = [];
}
