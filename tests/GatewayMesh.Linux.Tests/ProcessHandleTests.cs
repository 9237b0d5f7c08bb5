using System.Globalization;

namespace GatewayMesh.Linux.Tests;

public sealed class ProcessHandleTests
{
    private static readonly KeyValuePair<string, string>[] Variables = [
        KeyValuePair.Create("PATH", "/usr/bin:/bin"), KeyValuePair.Create("GREETING", "grüß")];

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(255)]
    public void The_exit_code_of_a_process_is_known(int code)
    {
        using var process = Shell($"exit {code}");

        Assert.That(End(process), Is.EqualTo(code));
    }

    [TestCase(ProcessSignal.Kill)]
    [TestCase(ProcessSignal.Terminate)]
    public void The_signal_that_killed_a_process_is_known(int signal)
    {
        using var process = Shell("exec sleep 1000");

        Assert.That(process.Reap(), Is.Null, "it runs");
        Assert.That(process.Signal(signal), Is.True);
        Assert.That(End(process), Is.EqualTo(-signal));
        Assert.That(process.Signal(signal), Is.False, "there is no process to signal");
    }

    [TestCase(11, "signal 11 (SIGSEGV, invalid memory access)")]
    [TestCase(34, "signal 34")]
    public void A_signal_is_described_by_number_and_name(int signal, string text) =>
        Assert.That(ProcessSignal.Describe(signal), Is.EqualTo(text));

    [Test]
    public void A_child_has_a_descriptor_that_was_passed_to_it()
    {
        using var file = MemoryFile.Create("test", []);
        using var process = Shell("printf %s \"$GREETING $0\" >&3", file);
        End(process);

        Assert.That(System.Text.Encoding.UTF8.GetString(MemoryFile.ReadAll(file, 100)), Is.EqualTo("grüß sh"));
    }

    [Test]
    public void A_child_has_no_descriptor_that_was_not_passed_to_it()
    {
        using var lent = MemoryFile.Create("lent", []);
        using var kept = MemoryFile.Create("kept-to-oneself", []);
        using var process = Shell("readlink /proc/$$/fd/* >&3 2>/dev/null", lent);
        End(process);
        var open = System.Text.Encoding.UTF8.GetString(MemoryFile.ReadAll(lent, 10_000));

        Assert.That(open, Does.Contain("memfd:lent"));
        Assert.That(open, Does.Not.Contain("kept-to-oneself"));
    }

    [Test]
    public void A_descriptor_that_already_has_the_target_number_is_passed_too()
    {
        using var file = MemoryFile.Create("test", []);
        using var process = ProcessHandle.Spawn(
            "/bin/sh",
            ["-c", string.Create(CultureInfo.InvariantCulture, $"echo here >/proc/self/fd/{file.Number}")],
            Variables,
            file,
            file.Number);

        Assert.That(End(process), Is.Zero);
    }

    [Test]
    public void A_signal_that_this_process_ignores_or_blocks_still_ends_a_child()
    {
        using var process = Shell("kill -PIPE $$; exit 9");

        Assert.That(End(process), Is.EqualTo(-13));
    }

    [Test]
    public void A_missing_program_is_an_error()
    {
        using var file = MemoryFile.Create("test", []);

        var failure = Assert.Throws<LinuxException>(() => ProcessHandle.Spawn("/nowhere/at-all", [], [], file));

        Assert.That(failure!.Message, Does.Contain("/nowhere/at-all"));
    }

    [Test]
    public void A_process_is_found_by_its_id_until_it_is_reaped()
    {
        using var process = Shell("exec sleep 1000");
        using (var found = ProcessHandle.Find(process.Pid))
        {
            Assert.That(found!.Signal(ProcessSignal.Kill), Is.True);
        }

        End(process);
        using var gone = ProcessHandle.Find(process.Pid);
        Assert.That(gone, Is.Null);
    }

    [Test]
    public void A_stopped_process_has_not_ended()
    {
        using var process = Shell("exec sleep 1000");
        process.Signal(ProcessSignal.Stop);

        Assert.That(process.Reap(), Is.Null);
        process.Signal(ProcessSignal.Kill);
        Assert.That(End(process), Is.EqualTo(-ProcessSignal.Kill));
    }

    [Test]
    public void A_failed_exec_changes_nothing() =>
        Assert.Throws<LinuxException>(() => ProcessHandle.Execute("/nowhere/at-all", ["x"], Variables));

    [Test]
    public void A_signal_to_a_group_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessSignal.Send(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessSignal.Send(-1, 0));
        Assert.That(ProcessSignal.Send(Environment.ProcessId, 0), Is.True);
    }

    private static ProcessHandle Shell(string script)
    {
        using var nothing = MemoryFile.Create("test", []);
        return Shell(script, nothing);
    }

    private static ProcessHandle Shell(string script, Descriptor lent) =>
        ProcessHandle.Spawn("/bin/sh", ["-c", script, "sh"], Variables, lent);

    private static int? End(ProcessHandle process)
    {
        Wait.Readable(process.Pidfd.Number);
        return process.Reap();
    }
}
