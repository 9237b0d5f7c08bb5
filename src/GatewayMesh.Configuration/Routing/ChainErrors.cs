using System.Collections.Immutable;
using GatewayMesh.Configuration.Entries;

namespace GatewayMesh.Configuration.Routing;

/// <summary>Finds the errors in all chains of a set of entries.</summary>
public static class ChainErrors
{
    // Errors do not depend on the local datacenter; its name only must not occur in entries.
    private const string Anywhere = "\0";

    /// <summary>Returns the errors, each once.</summary>
    public static ImmutableArray<ChainError> Of(EntrySet entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var compiler = new ChainCompiler(entries, Anywhere, ChainCompiler.Bare);
        return
        [
            .. ChainCompiler.Names(entries)
                .Select(name => compiler.Compile(name, out var error) is null ? error : null)
                .OfType<ChainError>()
                .DistinctBy(error => (error.At, error.Path, error.Message)),
        ];
    }
}
