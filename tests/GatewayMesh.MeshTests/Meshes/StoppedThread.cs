using GatewayMesh.Fixtures;

namespace GatewayMesh.MeshTests.Meshes;

/// <summary>
/// Stops one thread of a process, as a debugger does; the others run on. A signal would stop all of them. The thread stops in
/// <c>epoll_wait</c>, where no garbage collection waits for it, and runs on after the end of this object.
/// </summary>
internal sealed class StoppedThread : IAsyncDisposable
{
    private const string Tracer = """
        import ctypes, os, sys, time
        CONT, SEIZE, INTERRUPT, WALL, EPOLL_WAIT = 7, 0x4206, 0x4207, 0x40000000, '232'
        process, thread, pause = sys.argv[1:]
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        def trace(what):
            if libc.ptrace(what, int(thread), None, None) != 0:
                sys.exit(f'ptrace: {os.strerror(ctypes.get_errno())}')
        def stop():
            while True:
                trace(INTERRUPT)
                os.waitpid(int(thread), WALL)
                with open(f'/proc/{process}/task/{thread}/syscall') as file:
                    if file.read().split()[0] == EPOLL_WAIT:
                        break
                trace(CONT)
                time.sleep(0.001)
        trace(SEIZE)
        stop()
        print('stopped', flush=True)
        while int(pause) > 0:
            time.sleep(int(pause) / 1000)
            trace(CONT)
            time.sleep(0.05)
            stop()
        os.waitpid(int(thread), WALL)
        """;

    private readonly OwnedProcess _tracer;

    private StoppedThread(OwnedProcess tracer) => _tracer = tracer;

    /// <summary>Stops a thread; returns once it has stopped.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="name">Name of the thread.</param>
    /// <param name="pause">Milliseconds of each stop, after which the thread runs for 50 ms. Default: it never runs.</param>
    public static async Task<StoppedThread> StartAsync(int pid, string name, int pause = 0)
    {
        var thread = Directory.EnumerateDirectories($"/proc/{pid}/task")
            .Where(task => File.ReadAllText(Path.Combine(task, "comm")).TrimEnd() == name)
            .Select(Path.GetFileName)
            .SingleOrDefault();
        Assert.That(thread, Is.Not.Null, $"process {pid} has a thread {name}");
        var tracer = await OwnedProcess.StartAsync("python3", ["-c", Tracer, $"{pid}", thread!, $"{pause}"]);
        await Eventually.Until(
            $"thread {name} has stopped",
            () => tracer.HasExited || tracer.Log.Contains("stopped", StringComparison.Ordinal),
            () => Task.FromResult(tracer.Log));
        Assert.That(tracer.HasExited, Is.False, tracer.Log);
        return new StoppedThread(tracer);
    }

    public ValueTask DisposeAsync() => _tracer.DisposeAsync();
}
