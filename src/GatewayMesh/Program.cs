using System.Runtime.CompilerServices;
using GatewayMesh.Commands;
using GatewayMesh.Configuration.Values;
using GatewayMesh.Startup;
using GatewayMesh.Terminal;

namespace GatewayMesh;

/// <summary>Entry point: runs a role of the mesh, or a command.</summary>
internal static class Program
{
    private static int Main(string[] args) => args is ["worker"] ? Work() : RoleLine.Matches(args) ? Play(args) : Command(args);

    // Only a guard starts a process with these arguments.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Work() => RoleHost.RunWorker(TimeProvider.System);

    private static int Play(string[] args)
    {
        var (options, errors) = RoleLine.Parse(args);
        foreach (var error in errors)
        {
            Console.Error.WriteLine($"gatewaymesh: {SafeText.Lines(error)}");
        }

        if (errors.IsEmpty)
        {
            return RoleHost.Run(options, TimeProvider.System);
        }

        Console.Error.WriteLine("Nothing was started. `gatewaymesh --help` shows usage.");
        return ExitCode.Usage;
    }

    // Not inlined: the command-line library is loaded only when this method is compiled.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Command(string[] args) => CommandTree.Run(args, Console.Out, Console.Error);
}
