using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace GatewayMesh.Roles;

/// <summary>
/// The assemblies of this program, loaded at once. The runtime of a single-file program opens the file by its path each time that an assembly is
/// needed for the first time. After the file was replaced, the runtime would read another program's bytes.
/// </summary>
internal static class ProgramAssemblies
{
    // A guard never runs these, and must stay small.
    private static readonly string[] DataPath = ["GatewayMesh.Proxy", "Microsoft.AspNetCore", "Microsoft.Extensions", "System.CommandLine", "Yarp."];

    /// <summary>Loads all of them, or for a guard those that a guard can come to need.</summary>
    /// <returns>Number of assemblies that are loaded. Zero in a native program, which is mapped as a whole.</returns>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Only what the trimmer left can be needed later, and its references are what it left.")]
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
            foreach (var name in assembly.GetReferencedAssemblies().Where(name => known.Add(name.Name!) && !(forGuard && IsOfDataPath(name.Name!))))
            {
                if (TryLoad(name) is { } reference)
                {
                    left.Enqueue(reference);
                }
            }
        }

        return loaded;
    }

    // A reference that the trimmer emptied has no file, and nothing asks for it later.
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

    private static bool IsOfDataPath(string name) => DataPath.Any(start => name.StartsWith(start, StringComparison.Ordinal));
}
