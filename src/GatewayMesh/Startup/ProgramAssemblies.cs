using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace GatewayMesh.Startup;

/// <summary>
/// Loads all assemblies of this program at once. The runtime of a single-file program opens its file by path whenever an assembly is
/// first needed. After the file is replaced, the runtime would read another program's bytes.
/// </summary>
internal static class ProgramAssemblies
{
    // Never used by a guard, which must stay small.
    private static readonly string[] DataPathAndCommands =
    [
        "GatewayMesh.Drills",
        "GatewayMesh.Proxy",
        "GatewayMesh.Terminal",
        "Microsoft.AspNetCore",
        "Microsoft.Extensions",
        "OpenTelemetry",
        "System.CommandLine",
        "Yarp.",
    ];

    /// <summary>Loads all assemblies, or only those that a guard can need.</summary>
    /// <returns>Number of loaded assemblies. Zero in a native program, which is mapped as a whole.</returns>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only assemblies that the trimmer kept can be needed later.")]
    internal static int Load(bool forGuard)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            return 0;
        }

        var program = typeof(ProgramAssemblies).Assembly;
        var known = new HashSet<string>(StringComparer.Ordinal) { program.GetName().Name! };
        var left = new Queue<Assembly>([program]);
        var loaded = 0;
        while (left.TryDequeue(out var assembly))
        {
            loaded++;
            foreach (
                var name in assembly.GetReferencedAssemblies().Where(
                    name => known.Add(name.Name!) && !(forGuard && IsForeignToGuard(name.Name!))))
            {
                if (TryLoad(name) is { } reference)
                {
                    left.Enqueue(reference);
                }
            }
        }

        return loaded;
    }

    // A reference that the trimmer emptied has no file and is never needed.
    private static Assembly? TryLoad(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (Exception failure) when (failure is IOException or BadImageFormatException)
        {
            return null;
        }
    }

    private static bool IsForeignToGuard(string name) =>
        DataPathAndCommands.Any(start => name.StartsWith(start, StringComparison.Ordinal));
}
