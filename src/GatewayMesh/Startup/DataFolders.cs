using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Linux;
using GatewayMesh.Terminal;

namespace GatewayMesh.Startup;

/// <summary>The folders of a process and the lock on its data directory.</summary>
internal static class DataFolders
{
    private const string LockName = "guard.lock";

    // Entries that identify a data directory, whatever else is in it.
    private static readonly string[] Ours = [LockName, "lease", "snapshot.json", "certificates", "roots.pem", "worker.sock", "sidecar-for"];

    /// <summary>Creates the data directory (0700, with all its content closed to other users) and the run directory.</summary>
    /// <exception cref="RoleFailure">A folder cannot be created, or the data directory is not safe for keys.</exception>
    internal static void Create(BootstrapSpec bootstrap) => Create(bootstrap, "/var/lib/gatewaymesh");

    /// <summary>Creates them with another default data directory of version 0.1.</summary>
    internal static void Create(BootstrapSpec bootstrap, string before)
    {
        var key = "dataDir";
        var folder = bootstrap.DataDir;
        try
        {
            RefuseToForget(bootstrap, before);
            PrivateFolder.Create(folder);
            Claim(bootstrap);
            if (bootstrap.Sidecar is not null)
            {
                key = "runDir";
                folder = bootstrap.RunDir;
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Failure(
                bootstrap,
                $"{key}: {folder} cannot be created or read ({failure.Message}); use a writable folder with "
                    + $"{(key == "dataDir" ? "--data-dir DIR" : "--set runDir=DIR")}");
        }
    }

    /// <summary>Locks the data directory for one process of the mesh, in any role.</summary>
    /// <exception cref="RoleFailure">Another process holds the lock, or the directory is not writable.</exception>
    internal static LockFile Lock(BootstrapSpec bootstrap)
    {
        var path = Path.Combine(bootstrap.DataDir, LockName);
        try
        {
            return LockFile.TryTake(path, out var holder)
                ?? throw new RoleFailure(
                    ExitCode.Bind,
                    $"{path}: another node{(holder is { } pid ? $", process {pid}," : "")} uses this data directory; stop that node, or "
                        + $"use another directory with --data-dir");
        }
        catch (LinuxException failure)
        {
            throw Failure(
                bootstrap,
                $"dataDir: {bootstrap.DataDir} cannot be written ({failure.Message}); make it writable for user {FileOwner.Self}, or use "
                    + $"another folder with --data-dir DIR");
        }
    }

    // Version 0.1 had one default for all nodes of a host. Starting without its snapshot and certificates would cause a puzzling outage.
    private static void RefuseToForget(BootstrapSpec bootstrap, string before)
    {
        if (Path.GetDirectoryName(bootstrap.DataDir) == before
            && !Directory.Exists(bootstrap.DataDir)
            && File.Exists(Path.Combine(before, "snapshot.json")))
        {
            throw Failure(
                bootstrap,
                $"dataDir: the default is now {bootstrap.DataDir}, and {before} holds the state of version 0.1; set dataDir: {before}, "
                    + $"or move the files to {bootstrap.DataDir}");
        }
    }

    private static void Claim(BootstrapSpec bootstrap)
    {
        var folder = bootstrap.DataDir;
        if (FileOwner.Of(folder) is { } owner && owner.User != FileOwner.Self)
        {
            throw Failure(
                bootstrap,
                $"dataDir: {folder} belongs to user {owner.User}, and this process is user {FileOwner.Self}; run `chown -R "
                    + $"{FileOwner.Self} {folder}`, or use another folder with --data-dir DIR");
        }

        if (OperatingSystem.IsWindows() || !PrivateFolder.IsOpenToOthers(folder))
        {
            PrivateFolder.Narrow(folder);
            return;
        }

        // A shared folder such as /var/lib or /tmp must not be closed to other users because it was named here.
        if (File.GetUnixFileMode(folder).HasFlag(UnixFileMode.StickyBit)
            || (!Ours.Any(name => Path.Exists(Path.Combine(folder, name))) && Directory.EnumerateDirectories(folder).Any()))
        {
            throw Failure(
                bootstrap,
                $"dataDir: {folder} is open to other users and holds unrelated folders; use a separate folder with --data-dir DIR, or "
                    + $"run `chmod 700 {folder}`");
        }

        PrivateFolder.Narrow(folder);
    }

    private static RoleFailure Failure(BootstrapSpec bootstrap, string text) =>
        new(ExitCode.Usage, $"{bootstrap.File ?? "command line"}: {text}");
}
