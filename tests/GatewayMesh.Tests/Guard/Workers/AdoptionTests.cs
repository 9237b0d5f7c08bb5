using System.Diagnostics;
using System.Net;
using System.Text.Json;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Guard.Control;
using GatewayMesh.Guard.Probing;
using GatewayMesh.Guard.Workers;
using GatewayMesh.Linux;
using GatewayMesh.Registry.Bootstrap;
using GatewayMesh.Tests.Drills.Faults;

namespace GatewayMesh.Tests.Guard.Workers;

/// <summary>A starting guard finds a socket in its data directory, and a peer that names a process id.</summary>
public sealed class AdoptionTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("gm-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_worker_of_this_program_is_adopted()
    {
        using var worker = new Impostor();

        Assert.That(Adopted(worker.Pid), Is.EqualTo(worker.Pid));
    }

    [Test]
    public void A_process_of_another_program_is_not_adopted_and_lives_on()
    {
        using var stranger = Process.Start(new ProcessStartInfo("/bin/sleep", "60"))!;
        try
        {
            Assert.That(Adopted(stranger.Id), Is.Null);
            Assert.That(stranger.HasExited, Is.False);
        }
        finally
        {
            stranger.Kill();
            stranger.WaitForExit();
        }
    }

    [TestCase("guard")]
    [TestCase("gateway")]
    public void A_process_of_this_program_in_another_role_is_not_adopted(string role)
    {
        using var other = new Impostor(role);

        Assert.That(Adopted(other.Pid), Is.Null);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MaxValue)]
    public void Invalid_process_id_is_not_adopted(int pid) => Assert.That(Adopted(pid), Is.Null);

    [Test]
    public void The_answer_to_an_adoption_has_the_name_that_earlier_builds_know() =>
        Assert.That(
            JsonSerializer.Serialize(new ControlMessage(ControlKind.Adopted), ControlJson.Default.ControlMessage),
            Does.Contain("\"Holdings\""));

    // The peer speaks the protocol correctly; only the process id differs.
    private int? Adopted(int pid)
    {
        var plan = new WorkerPlan(
            new BootstrapSpec
            {
                Role = MeshRole.Sidecar,
                Node = "host-a",
                DataDir = _folder,
                Sidecar = new SidecarSpec { Address = "127.0.0.1" },
            },
            new BootstrapOptions(),
            []);
        using var socket = PacketListener.Open(plan.WorkerSocket);
        using var upstream = new ProbeUpstream();
        using var listeners = new GuardListeners();
        var speaker = Task.Run(() => Speak(socket, pid));

        using var adopted = WorkerProcess.Adopt(plan, listeners, upstream, out _);

        Assert.That(speaker.Wait(TimeSpan.FromSeconds(10)), Is.True);
        return adopted?.Process.Pid;
    }

    private static void Speak(PacketListener socket, int pid)
    {
        var wait = new PollSet();
        wait.Add(socket.Number);
        wait.Wait(TimeSpan.FromSeconds(10));
        using var channel = new ControlChannel(socket.Accept()!);
        Assert.That(channel.Receive(TimeSpan.FromSeconds(10), out _)?.Kind, Is.EqualTo(ControlKind.Adopt));
        using var progress = ProgressPage.Create();
        using var probe = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0));
        var lent = ListenerLease.From(new ListenerSpec("probe", ListenerKind.Probe, probe.LocalAddress));
        channel.Send(
            new ControlMessage(ControlKind.Adopted) { Listeners = [lent], Pid = pid, Worker = 1, Accept = true },
            [progress.Descriptor.Number, probe.Number]);
    }
}
