using System.Runtime.InteropServices;

namespace GatewayMesh.Linux;

/// <summary>A process by its pidfd: its end wakes a poll, and a signal never reaches an unrelated process that reuses its id.</summary>
public sealed unsafe class ProcessHandle : IDisposable
{
    private const long PidfdOpen = 434, PidfdSendSignal = 424;
    private const int WaitByPidfd = 3, WaitExited = 4, WaitNoHang = 1;

    private ProcessHandle(int pid, Descriptor pidfd)
    {
        Pid = pid;
        Pidfd = pidfd;
    }

    /// <summary>Process id.</summary>
    public int Pid { get; }

    /// <summary>Descriptor that is readable when the process has ended.</summary>
    public Descriptor Pidfd { get; }

    /// <summary>Finds a running process, child or not.</summary>
    /// <returns>Null when no process has this id.</returns>
    public static ProcessHandle? Find(int pid)
    {
        var fd = (int)Libc.syscall(PidfdOpen, pid, 0, 0, 0);
        return fd < 0 ? null : new ProcessHandle(pid, new Descriptor(fd));
    }

    /// <summary>Starts a program with default signal handling, this process's output, and one inherited descriptor.</summary>
    /// <param name="path">Path of the executable.</param>
    /// <param name="arguments">Arguments, without the program name.</param>
    /// <param name="environment">The complete environment.</param>
    /// <param name="lent">Descriptor passed to the child as <paramref name="lentNumber"/>.</param>
    /// <param name="lentNumber">Number of the inherited descriptor in the child.</param>
    /// <exception cref="LinuxException">The program cannot be started.</exception>
    public static ProcessHandle Spawn(
        string path,
        IReadOnlyList<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        Descriptor lent,
        int lentNumber = 3)
    {
        const short SetSignalDefault = 4, SetSignalMask = 8;
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        var noSignals = stackalloc byte[128];
        var allSignals = stackalloc byte[128];
        new Span<byte>(noSignals, 128).Clear();
        new Span<byte>(allSignals, 128).Fill(0xFF);
        using var argv = new NativeStrings([path, .. arguments]);
        using var envp = new NativeStrings(environment.Select(pair => $"{pair.Key}={pair.Value}"));
        Succeed(Libc.posix_spawn_file_actions_init(actions));
        Succeed(Libc.posix_spawnattr_init(attributes));
        try
        {
            Succeed(Libc.posix_spawn_file_actions_adddup2(actions, lent.Number, lentNumber));
            Succeed(Libc.posix_spawnattr_setflags(attributes, SetSignalDefault | SetSignalMask));
            Succeed(Libc.posix_spawnattr_setsigmask(attributes, noSignals));
            Succeed(Libc.posix_spawnattr_setsigdefault(attributes, allSignals));
            int pid;
            var error = Libc.posix_spawn(&pid, argv.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer);
            return error != 0
                ? throw new LinuxException($"start {path}", error)
                : Find(pid) ?? throw LinuxException.Last("pidfd_open");
        }
        finally
        {
            Succeed(Libc.posix_spawnattr_destroy(attributes));
            Succeed(Libc.posix_spawn_file_actions_destroy(actions));
        }
    }

    /// <summary>
    /// Replaces this process's program, keeping its id and all descriptors that stay open across exec. Returns only by throwing.
    /// </summary>
    /// <exception cref="LinuxException">The program cannot be executed; nothing has changed.</exception>
    public static void Execute(string path, IReadOnlyList<string> arguments, IEnumerable<KeyValuePair<string, string>> environment)
    {
        using var argv = new NativeStrings([path, .. arguments]);
        using var envp = new NativeStrings(environment.Select(pair => $"{pair.Key}={pair.Value}"));
        Libc.execve(argv.Pointer[0], argv.Pointer, envp.Pointer);
        throw LinuxException.Last($"execve {path}");
    }

    /// <summary>Sends a signal.</summary>
    /// <returns>False when the process has ended.</returns>
    public bool Signal(int signal) => Libc.syscall(PidfdSendSignal, Pidfd.Number, signal, 0, 0) == 0;

    /// <summary>True if the process has ended (and may wait to be reaped).</summary>
    public bool Ended
    {
        get
        {
            var wait = new PollSet();
            wait.Add(Pidfd.Number);
            return wait.Wait(TimeSpan.Zero) > 0;
        }
    }

    /// <summary>Reaps the process if it has ended and returns its exit status.</summary>
    /// <returns>Null while the process runs; the exit code; minus the number of the killing signal; 0 when reaped elsewhere.</returns>
    public int? Reap()
    {
        if (!Ended)
        {
            return null;
        }

        const int CodeOffset = 8, StatusOffset = 24, ExitedByItself = 1;
        var info = stackalloc byte[128];
        new Span<byte>(info, 128).Clear();
        if (Libc.waitid(WaitByPidfd, Pidfd.Number, info, WaitExited | WaitNoHang) < 0)
        {
            return 0;
        }

        var status = *(int*)(info + StatusOffset);
        return *(int*)(info + CodeOffset) == ExitedByItself ? status : -status;
    }

    /// <summary>Releases the handle; the process keeps running.</summary>
    public void Dispose() => Pidfd.Dispose();

    private static void Succeed(int error)
    {
        if (error != 0)
        {
            throw new LinuxException("posix_spawn", error);
        }
    }

    private readonly struct NativeStrings : IDisposable
    {
        private readonly int _count;

        internal NativeStrings(IEnumerable<string> strings)
        {
            var list = strings.ToList();
            _count = list.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(list.Count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < list.Count; i++)
            {
                Pointer[i] = (byte*)Marshal.StringToCoTaskMemUTF8(list[i]);
            }
        }

        internal byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
            {
                Marshal.FreeCoTaskMem((nint)Pointer[i]);
            }

            NativeMemory.Free(Pointer);
        }
    }
}
