using GatewayMesh.Commands;
using GatewayMesh.Configuration.Bootstrap;

namespace GatewayMesh.Roles;

/// <summary>The folders of a process.</summary>
internal static class DataFolders
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the data directory (0700) and the run directory.</summary>
    /// <exception cref="RoleFailure">One cannot be made.</exception>
    internal static void Create(BootstrapSpec bootstrap)
    {
        try
        {
            // The mesh runs on Linux; the analyzer of platforms does not know.
            _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(bootstrap.DataDir) : Directory.CreateDirectory(bootstrap.DataDir, Private);
            if (bootstrap.Sidecar is not null)
            {
                Directory.CreateDirectory(bootstrap.RunDir);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new RoleFailure(ExitCode.Usage, $"{bootstrap.File ?? "command line"}: dataDir, runDir: {failure.Message}; name folders that can be written with --data-dir and --set runDir=DIR");
        }
    }
}
