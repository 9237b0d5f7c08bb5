using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using GatewayMesh.Terminal;
using GatewayMesh.Terminal.Commands;

namespace GatewayMesh.Commands.Version;

/// <summary><c>gatewaymesh version</c>: version of this binary.</summary>
internal static class VersionCommand
{
    /// <summary>The version of this binary, for example <c>0.1.0</c>.</summary>
    public static string Number { get; } = typeof(VersionCommand).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The command.</summary>
    public static Command Build(TextWriter output) => new MeshCommand("version", "Print the version.")
    {
        Examples = ["gatewaymesh version"],
        Action = new Print(output),
    };

    /// <summary>Prints one line; also used by <c>--version</c>.</summary>
    internal sealed class Print(TextWriter output) : SynchronousCommandLineAction
    {
        /// <inheritdoc/>
        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"gatewaymesh {Number} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})");
            return ExitCode.Well;
        }
    }
}
